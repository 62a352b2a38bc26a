"""How fast others do the same work: django-helpdesk and Roundup on the same mails, and a real
Postfix taking mail.

    python tests/bench/peers.py [--messages 300] [--only postfix helpdesk roundup]

Every one runs on one core and its servers on the others, all on the loopback; mail goes to an SMTP
server that keeps none. Needs Dovecot, Postfix (as root) and a package index for pip, which installs
the peers into a temporary folder. Prints one JSON object a line: first mailresponder itself, then
each peer with messages a second, start-up included, what came of the mails, and how many times as
fast mailresponder is ("our_ratio").
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import peer_helpdesk
import peer_postfix
import peer_roundup
import running
import throughput
from mails import mails

PEERS = {"helpdesk": peer_helpdesk, "roundup": peer_roundup}


def peer(name: str, module: ModuleType, count: int, core: int, ours: float) -> None:
    """Install a peer, and run it over a mailbox."""
    with (
        running.folder() as folder,
        running.mail_server() as dovecot,
        running.sink() as sink,
    ):
        python, version = _installed(folder / "venv", module.PACKAGE)
        home = folder / "home"
        home.mkdir()
        now = time.time()
        # Roundup takes its login out of something like a URL.
        user = dovecot.add_user(name, password="correct-horse")
        dovecot.fill(user.name, [m.content for m in mails(count, at=now)], received_at=now)
        module.prepare(python, home, user, dovecot.imap_port, sink.port)
        sink.ask(running.accepted)
        before = _children_seconds()
        begun = time.perf_counter()
        done = subprocess.run(
            module.command(python, home, user, dovecot.imap_port),
            env=module.environ(home),
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}) if core >= 0 else None,
        )
        seconds = time.perf_counter() - begun
        cpu = _children_seconds() - before
        if done.returncode != 0:
            raise SystemExit(f"{name} failed: {done.stdout}{done.stderr}")
        taken = [whom for _, whom in sink.ask(running.accepted)]
        tickets = module.tickets(python, home)
    if not tickets:
        raise SystemExit(f"{name} opened no ticket: {done.stdout}{done.stderr}")
    running.tell(
        peer=f"{module.PACKAGE} {version}",
        messages=count,
        seconds=seconds,
        per_second=count / seconds,
        cpu_seconds=cpu,
        tickets=tickets,
        mails_to_customers=sum(whom.endswith("@customer.test") for whom in taken),
        our_ratio=ours * seconds / count,
    )


def postfix(count: int, core: int, ours: float) -> None:
    """How much mail it accepts."""
    size = len(mails(1, at=time.time())[0].content)
    with peer_postfix.running(core) as port:
        for sessions in (1, 4):
            rate = peer_postfix.per_second(port, messages=count, sessions=sessions, size=size)
            running.tell(
                peer="postfix",
                messages=count,
                sessions=sessions,
                per_second=rate,
                our_ratio=ours / rate,
            )


def _installed(place: Path, package: str) -> tuple[Path, str]:
    """A virtual environment with a package: its Python, and the package's version."""
    python = place / "bin" / "python"
    for command in (
        [sys.executable, "-m", "venv", place],
        [python, "-m", "pip", "install", "--quiet", package],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{package} cannot be installed: {done.stdout}{done.stderr}")
    code = f"from importlib.metadata import version; print(version({package!r}))"
    version = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return python, version.stdout.strip()


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument(
        "--only", nargs="+", choices=["postfix", *PEERS], default=["postfix", *PEERS]
    )
    options = parser.parse_args()
    own_core = running.share_cores()
    own = throughput.measure(options.messages, save_copy=False, postgres=False, core=own_core)
    running.tell(peer="mailresponder", **own)
    own_rate = own["per_second"]
    if "postfix" in options.only:
        postfix(options.messages, own_core, own_rate)
    for peer_name, peer_module in PEERS.items():
        if peer_name in options.only:
            peer(peer_name, peer_module, options.messages, own_core, own_rate)
