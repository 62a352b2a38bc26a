"""A real Postfix that takes mail: an instance of its own on a port of the loopback, which discards
what its queue manager takes up. It syncs every mail to disk before it accepts it, as it does in
production. Postfix wants to be started as root."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers.dovecot import free_ports

MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/log
maillog_file_prefixes = {home}
command_directory = /usr/sbin
daemon_directory = {daemons}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mx.example.com
mydestination =
local_recipient_maps =
alias_maps =
default_transport = discard:
relay_transport = discard:
smtputf8_enable = no
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
discard unix - - n - - discard
postlog unix-dgram n - n - 1 postlogd
"""


@contextmanager
def running(core: int) -> Iterator[int]:
    """A Postfix on this core; yields its port. Ends the script with what is missing."""
    postfix = shutil.which("postfix", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if postfix is None:
        raise SystemExit("Postfix is not installed: apt-get install postfix")
    if os.geteuid() != 0:
        raise SystemExit("Postfix can be started by root only")
    [port] = free_ports(1)
    home = Path(tempfile.mkdtemp(prefix="mrpostfix", dir="/tmp"))
    config = home / "config"
    try:
        home.chmod(0o755)
        for folder in (config, home / "queue", home / "data"):
            folder.mkdir()
        shutil.chown(home / "data", "postfix")
        daemons = "/usr/lib/postfix/sbin"
        (config / "main.cf").write_text(MAIN.format(home=home, daemons=daemons))
        (config / "master.cf").write_text(MASTER.format(port=port))
        _postfix(postfix, config, "start", core)
        try:
            yield port
        finally:
            _postfix(postfix, config, "stop", core)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def per_second(port: int, *, messages: int, sessions: int, size: int) -> float:
    """Mails a second that it accepts from so many connections, each kept open."""
    command = (
        *("smtp-source", "-d", "-s", str(sessions), "-l", str(size), "-m", str(messages)),
        *("-f", "support@example.com", "-t", "customer@customer.test", f"127.0.0.1:{port}"),
    )
    begun = time.perf_counter()
    path = os.environ.get("PATH", "") + ":/usr/sbin"
    subprocess.run(command, check=True, env=os.environ | {"PATH": path})
    return messages / (time.perf_counter() - begun)


def _postfix(program: str, config: Path, what: str, core: int) -> None:
    done = subprocess.run(
        [program, "-c", config, what],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: os.sched_setaffinity(0, {core}) if core >= 0 else None,
    )
    if done.returncode != 0:
        log = config.parent / "log"
        said = log.read_text() if log.exists() else ""
        raise SystemExit(f"postfix {what} failed: {done.stdout}{done.stderr}{said}")
