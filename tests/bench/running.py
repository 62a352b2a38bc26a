"""What the benchmarks share: servers in processes of their own on one core, and what is measured
on the other, started by `measured.py`.

Importing it makes the checkout and its tests importable, for the script and for its children.
"""

import compileall
import json
import math
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Generic, TypeVar

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT), str(HERE.parent)]

from desks import CONFIG  # noqa: E402
from servers.dovecot import Dovecot, MailUser  # noqa: E402
from servers.proxy import Proxy, Traffic  # noqa: E402
from sink import QuickSink  # noqa: E402

# As pip does when it installs: else each start would compile what it imports.
compileall.compile_dir(ROOT / "mailresponder", quiet=1)
# Whatever ends the script, what it has started ends too.
signal.signal(signal.SIGTERM, signal.default_int_handler)

T = TypeVar("T")
S = TypeVar("S", bound="Server")

PASSWORD = "SUPPORT_PASSWORD"  # the variable's name
PATH = os.pathsep.join([str(ROOT), str(HERE.parent)])


def environ(**more: str) -> dict[str, str]:
    """The environment of a child that imports this checkout, whatever is installed."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MAILRESPONDER_")}
    return kept | {"PYTHONPATH": PATH, "NO_COLOR": "1"} | more


# --- cores


def share_cores() -> int:
    """Move this process, and with it every server it starts, away from one core, and return that
    core: what is measured runs there alone. -1 where there is only one."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return -1
    os.sched_setaffinity(0, cores[1:])
    return cores[0]


# --- servers


class Server(AbstractContextManager["Server"]):
    """What the tests' servers have in common."""

    port: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere(Generic[S]):
    """A server in another process."""

    port: int
    _pipe: "Connection[Any, Any]"

    def ask(self, question: Callable[[S], T]) -> T:
        """What a function of a module says when it is called there, with the server."""
        self._pipe.send(question)
        answer: T = self._pipe.recv()
        return answer


@contextmanager
def elsewhere(make: Callable[..., S], *arguments: object) -> Iterator[Elsewhere[S]]:
    """The server that `make` makes, in a process of its own, so that it costs what is measured
    nothing but the core."""
    ours, theirs = multiprocessing.Pipe()
    # Forked, as this process has no threads yet: a new Python would import everything again.
    process = multiprocessing.get_context("fork").Process(
        target=_serve, args=(theirs, ours, make, *arguments)
    )
    process.start()
    theirs.close()
    try:
        yield Elsewhere(port=ours.recv(), _pipe=ours)
    finally:
        ours.close()
        process.join()


def _serve(
    pipe: "Connection[Any, Any]",
    others: "Connection[Any, Any]",
    make: Callable[..., Any],
    *arguments: object,
) -> None:
    # Or nobody would hear that the other end has hung up.
    others.close()
    with make(*arguments) as server:
        pipe.send(server.port)
        while True:
            try:
                question = pipe.recv()
            except EOFError:
                return
            pipe.send(question(server))


def sink() -> AbstractContextManager[Elsewhere[QuickSink]]:
    """An SMTP server."""
    return elsewhere(QuickSink)


def accepted(server: QuickSink) -> list[tuple[float, str]]:
    """When (by the monotonic clock) and for whom the SMTP server has taken mails; asked once, it
    begins anew."""
    taken, server.accepted = server.accepted, []
    return taken


def proxy(
    server_port: int, *, round_trip: float = 0.0, note: bytes = b""
) -> AbstractContextManager[Elsewhere[Proxy]]:
    """A proxy before a server, as `Proxy`."""
    return elsewhere(partial(Proxy, round_trip=round_trip, note=note), server_port)


def noted(server: Proxy) -> list[float]:
    """When the server behind a proxy said what was to be noted; asked once, it begins anew."""
    found, server.noted = server.noted, []
    return found


def traffic(server: Proxy) -> Traffic:
    """What went through a proxy since it was last asked."""
    counted = server.traffic
    server.reset()
    return counted


# --- the program


def configure(
    folder: Path,
    user: MailUser,
    *,
    imap_port: int,
    smtp_port: int,
    database: str | None = None,
    start_from: str = "all",
    poll_every: str = "1h",
    smtp: str = "save_copy = false",
) -> Path:
    """Write config.toml of a desk with one mailbox and return its path. `smtp`: further lines of
    its section."""
    text = CONFIG.format(
        imap_port=imap_port,
        smtp_port=smtp_port,
        ca_file="",
        user=user.name,
        answer_within="8h",
        desk=f'database = "{database}"' if database else "",
        mailbox="",
        imap="",
        smtp=smtp,
        ladder="",
        acknowledge="",
    )
    for old, new in (
        ('start_from = "all"', f'start_from = "{start_from}"'),
        ('poll_every = "1s"', f'poll_every = "{poll_every}"'),
        ('security = "starttls"', 'security = "none"'),
        ('ca_file = ""\n', ""),
    ):
        text = text.replace(old, new)
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """A child that has ended."""

    seconds: float
    """From its start to its end, Python's own start included."""
    cpu_seconds: float
    """User and system time of all its threads."""
    peak_megabytes: float
    profile: Mapping[str, float]
    """Shares of its CPU time by function; empty unless asked for."""
    output: str


def run(what: str, *arguments: object, core: int, password: str) -> Ran:
    """Run `mailresponder` or `bare` (bare.py) to its end on one core. Ends this script with what
    the child said where that fails."""
    with started(what, *arguments, core=core, password=password) as child:
        output, said = child.process.communicate()
        seconds = time.perf_counter() - child.begun
        if child.process.returncode != 0:
            raise SystemExit(f"{what} failed: {output}{said}")
        figures = json.loads(child.figures.read_text(encoding="utf-8"))
        profile = child.figures.with_name("profile.json")
        shares = json.loads(profile.read_text(encoding="utf-8")) if profile.exists() else {}
    return Ran(seconds=seconds, output=output, profile=shares, **figures)


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A child that runs."""

    process: "subprocess.Popen[str]"
    begun: float
    figures: Path
    """It writes here when it ends."""


@contextmanager
def started(what: str, *arguments: object, core: int, password: str) -> Iterator[Started]:
    """As `run`, for as long as the block lasts; what still runs then is told to end."""
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures.json"
        command = [
            *(sys.executable, HERE / "measured.py", figures, str(core), what),
            *map(str, arguments),
        ]
        begun = time.perf_counter()
        process = subprocess.Popen(
            command,
            env=environ(**{PASSWORD: password}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield Started(process=process, begun=begun, figures=figures)
        finally:
            if process.poll() is None:
                process.terminate()
                process.communicate(timeout=30)


def cpu_seconds(process: "subprocess.Popen[str]") -> float:
    """CPU time that a running child has used, in nanoseconds' precision."""
    # As clock_getcpuclockid(3) makes it; CPUCLOCK_SCHED is 2.
    return time.clock_gettime((~process.pid << 3) | 2)


# --- mail


@contextmanager
def mail_server() -> Iterator[Dovecot]:
    """A Dovecot; ends this script where none is installed."""
    try:
        server = Dovecot()
    except FileNotFoundError:
        raise SystemExit(
            "Dovecot is not installed: apt-get install dovecot-imapd dovecot-lmtpd"
        ) from None
    with server:
        yield server


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for configuration and database, gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="mrbench"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def tell(**figures: object) -> None:
    """Print one JSON object; floats with three decimals."""
    rounded = {k: round(v, 3) if isinstance(v, float) else v for k, v in figures.items()}
    print(json.dumps(rounded), flush=True)


def share(values: Sequence[float], part: float) -> float:
    """The least of the values that this part of them does not exceed."""
    return sorted(values)[math.ceil(part * len(values)) - 1]
