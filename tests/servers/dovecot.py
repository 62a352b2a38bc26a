"""A real Dovecot 2.3 in a temporary folder, without root: IMAP (plain, STARTTLS, TLS) and LMTP.

It starts as whoever runs the tests; as root it first becomes a user who may do nothing else.
"""

import base64
import contextlib
import grp
import os
import pwd
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import trustme

DOVECOT = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
SETPRIV = shutil.which("setpriv")

CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 0
protocols = imap lmtp
listen = {addresses}
ssl = yes
ssl_cert = <{home}/server.pem
ssl_key = <{home}/server.key
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
mail_location = maildir:{home}/mail/%u
mail_fsync = never
mail_max_userip_connections = 100
mail_plugins = quota
plugin {{
  quota = maildir:User quota
}}
protocol imap {{
  mail_plugins = quota imap_quota
}}
lmtp_save_to_detail_mailbox = no
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {home}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {home}/users/%u
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {home}/users/%u
  override_fields = uid={uid} gid={gid} home={home}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
service imap-login {{
  chroot =
  process_min_avail = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  user = {user}
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
  # No slower sign-in for everybody after a test with a wrong password.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service old-stats {{
  chroot =
}}
service ipc {{
  chroot =
}}
service stats {{
  chroot =
}}
service auth {{
  user = {user}
}}
service auth-worker {{
  user = {user}
}}
"""

LOCAL = """
local {address} {{
  ssl_cert = <{home}/{address}.pem
  ssl_key = <{home}/{address}.key
}}
"""

# Tokens are JWTs that it verifies by itself: their claim `email` is whom they let in.
OAUTH2 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={home}/keys/
username_attribute = email
"""
TOKEN_KEY = b"a key that Dovecot and this server share, of some length"
"""As tests/servers/oauth.py signs with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailUser:
    """An account on a test server."""

    name: str
    """User name and address in one."""
    password: str


class Dovecot:
    """Started on entering, ended on leaving; `stop` and `start` keep ports and mail."""

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        authority: trustme.CA | None = None,
        certificates: Mapping[str, trustme.LeafCert] | None = None,
    ) -> None:
        """`certificates`: what it shows at further addresses, as 127.0.0.2."""
        self.authority = authority or trustme.CA()
        self._certificates = certificates or {}
        if DOVECOT is None:
            raise FileNotFoundError("dovecot")
        self._account = _account()
        self.home = Path(tempfile.mkdtemp(prefix="dc-", dir="/tmp"))
        self.ca_file = self.home / "ca.pem"
        self.imap_port, self.imaps_port, self.lmtp_port = free_ports(3)
        self._process: subprocess.Popen[bytes] | None = None
        self._prepare()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def start(self) -> None:
        """Start the server and wait until it listens."""
        command = [str(DOVECOT), "-F", "-c", str(self.home / "dovecot.conf")]
        if os.geteuid() == 0:
            uid, gid = self._account.pw_uid, self._account.pw_gid
            become = [str(SETPRIV), f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]
            command = [*become, *command]
        self._process = subprocess.Popen(command, cwd=self.home, start_new_session=True)
        deadline = time.monotonic() + 15
        for port in (self.imap_port, self.imaps_port, self.lmtp_port):
            while not _listens(port):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    log = self.home / "dovecot.log"
                    said = log.read_text() if log.exists() else "no log"
                    self.stop()
                    raise RuntimeError(f"Dovecot did not start: {said}")
                time.sleep(0.02)

    def stop(self) -> None:
        """End the server, and with it every connection."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=15)
            # Its processes for signed-in users would live on for some ten seconds.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process = None

    def add_user(self, name: str, password: str = "correct horse", *, quota: str = "") -> MailUser:
        """Make an account, with an INBOX and a Sent folder. `quota`: as `*:messages=3`."""
        # A file for each: Dovecot looks at most once a second whether a file has changed.
        users = self.home / "users" / name
        extra = f"userdb_quota_rule={quota}" if quota else ""
        users.write_text(f"{name}:{{PLAIN}}{password}::::::{extra}\n", encoding="utf-8")
        self._own(users)
        return MailUser(name=name, password=password)

    def deliver(self, user: str, *contents: bytes, sender: str = "sender@example.com") -> None:
        """Deliver mails into the user's INBOX over LMTP, as a mail server does."""
        with smtplib.LMTP(self.host, self.lmtp_port, "localhost", timeout=15) as lmtp:
            for content in contents:
                lmtp.sendmail(sender, [user], content)

    def fill(self, user: str, contents: list[bytes], *, received_at: float) -> None:
        """Write mails straight into the user's INBOX: thousands a second.

        `received_at` (seconds since the epoch) becomes their INTERNALDATE.
        """
        folders = [self.home / "mail" / user / name for name in ("", "tmp", "new", "cur")]
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            self._own(folder)
        for number, content in enumerate(contents):
            path = folders[2] / f"{int(received_at)}.{number}_{len(contents)}.test"
            path.write_bytes(content)
            os.utime(path, (received_at, received_at))
            self._own(path)

    def snapshot(self, user: str) -> Path:
        """A copy of all that the server has of a user."""
        copy = self.home / f"snapshot-{user}"
        shutil.copytree(self.home / "mail" / user, copy)
        return copy

    def restore(self, user: str, copy: Path) -> None:
        """Put the user's mail back as it was; nobody may be signed in meanwhile."""
        mail = self.home / "mail" / user
        shutil.rmtree(mail)
        shutil.copytree(copy, mail)
        for path in [mail, *mail.rglob("*")]:
            self._own(path)

    def _prepare(self) -> None:
        for folder in ("run", "state", "mail", "users"):
            (self.home / folder).mkdir()
        self.authority.cert_pem.write_to_path(str(self.ca_file))
        usual = self.authority.issue_cert("localhost", "127.0.0.1")
        for name, certificate in {"server": usual, **self._certificates}.items():
            certificate.private_key_pem.write_to_path(str(self.home / f"{name}.key"))
            chain = b"".join(blob.bytes() for blob in certificate.cert_chain_pems)
            (self.home / f"{name}.pem").write_bytes(chain)
        config = CONFIG.format(
            home=self.home,
            addresses=", ".join(["127.0.0.1", *self._certificates]),
            user=self._account.pw_name,
            group=grp.getgrgid(self._account.pw_gid).gr_name,
            uid=self._account.pw_uid,
            gid=self._account.pw_gid,
            imap=self.imap_port,
            imaps=self.imaps_port,
            lmtp=self.lmtp_port,
        )
        for address in self._certificates:
            config += LOCAL.format(home=self.home, address=address)
        (self.home / "dovecot.conf").write_text(config)
        (self.home / "oauth2.conf").write_text(OAUTH2.format(home=self.home))
        # By the token's azp, alg and kid, or `default`.
        key = self.home / "keys" / "default" / "HS256" / "default"
        key.parent.mkdir(parents=True)
        key.write_bytes(base64.b64encode(TOKEN_KEY))
        for path in [self.home, *self.home.rglob("*")]:
            self._own(path)

    def _own(self, path: Path) -> None:
        # A folder of somebody else's looks like an empty mailbox.
        if os.geteuid() == 0:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that nobody listens on just now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(sock.getsockname()[1]) for sock in sockets]
    for sock in sockets:
        sock.close()
    return ports


def _account() -> pwd.struct_passwd:
    """Who the server runs as: us, or a user without rights where we are root."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    for name in ("dovenull", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no user without rights to run Dovecot as")


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
