"""Real servers for the tests. One that is missing skips loudly, or fails where
MAILRESPONDER_REQUIRE_SERVERS=1 says that all must be there."""

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import databases
import pytest
import trustme
from desks import LiveDesk
from hypothesis import settings
from nursery import Nursery
from offices import Office
from program import Program, build_wheel, surroundings
from servers.dovecot import DOVECOT, Dovecot, MailUser
from servers.postgres import Postgres, binaries_or_skip, running
from servers.smtp_sink import SmtpSink

from mailresponder.store.database import Store

# A machine that is busy with other tests is no fault of the code.
settings.register_profile("mailresponder", deadline=None)
settings.load_profile("mailresponder")

databases.never_sync()
databases.compile_once()

_numbers = count(1)


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors: tests wait for servers half of their time."""
    return (os.cpu_count() or 1) + 1


def missing(server: str, package: str) -> None:
    """Skip the test, or fail it where every server is required."""
    said = f"{server} is not installed: apt-get install {package}"
    if os.environ.get("MAILRESPONDER_REQUIRE_SERVERS") == "1":
        pytest.fail(said)
    pytest.skip(said)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A Dovecot for the whole run."""
    if DOVECOT is None:
        missing("Dovecot", "dovecot-imapd dovecot-lmtpd")
    with Dovecot() as server:
        yield server


@pytest.fixture
def new_dovecot_user(dovecot: Dovecot) -> Callable[[], MailUser]:
    """Makes accounts that no other test has touched."""
    return lambda: dovecot.add_user(f"user{next(_numbers)}@example.test")


@pytest.fixture
def dovecot_user(new_dovecot_user: Callable[[], MailUser]) -> MailUser:
    """An account with an empty INBOX and Sent folder."""
    return new_dovecot_user()


@pytest.fixture
def smtp_sink() -> Iterator[SmtpSink]:
    """An SMTP server without AUTH and TLS that takes everything."""
    with SmtpSink() as sink:
        yield sink


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """A certificate authority that nobody trusts unless told to."""
    return trustme.CA()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server with two migrated databases: `model`, to copy from, and `shared`."""
    with running(binaries_or_skip()) as server:
        Store.open(server.create("model")).close()
        server.create("shared", template="model")
        yield server


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel is installed, away from the checkout."""
    return Program.install(wheel, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def forking(installed: Path) -> Iterator[Nursery]:
    """What was installed, imported once for all commands."""
    nursery = Nursery(installed, surroundings())
    yield nursery
    nursery.close()


@pytest.fixture
def program(installed: Path, forking: Nursery, tmp_path: Path) -> Program:
    """The installed program in an empty folder."""
    return Program(site=installed, folder=tmp_path, nursery=forking)


@pytest.fixture
def desk(
    program: Program, dovecot: Dovecot, dovecot_user: MailUser, smtp_sink: SmtpSink
) -> LiveDesk:
    """A desk on Dovecot, still to be configured."""
    return LiveDesk(program=program, dovecot=dovecot, user=dovecot_user, sink=smtp_sink)


@pytest.fixture
def office(
    tmp_path: Path, dovecot: Dovecot, dovecot_user: MailUser, smtp_sink: SmtpSink
) -> Iterator[Office]:
    """A desk with one mailbox on Dovecot, to be run in this process."""
    office = Office(tmp_path, dovecot, smtp_sink)
    office.add_mailbox(dovecot_user)
    yield office
    office.close()
