"""A desk backed up while it works, lost, and brought back by the commands of the manual."""

import shutil
import signal
import subprocess
from pathlib import Path

from conftest import missing
from desks import LiveDesk, eventually
from letters import letter
from servers.postgres import Postgres, binaries_or_skip

from mailresponder.jobs.topics import topics

EMMA, LUCIA, JAVIER = "emma@customer.test", "lucia@customer.test", "javier@customer.test"
SQLITE = 'sqlite3 mailresponder.db ".backup desk-backup.db"'
DUMP = "pg_dump --format=custom --file=desk-backup.dump"
RESTORE = "pg_restore --dbname="


def write(desk: LiveDesk, customer: str) -> None:
    """A customer's mail comes in."""
    name = customer.partition("@")[0]
    text = f"Hello,\n\nmy parcel for {name} has not come.\n"
    desk.deliver(
        letter(
            sender=customer,
            subject="My parcel",
            text=text,
            message_id=f"<{name}@customer.test>",
        )
    )


def acknowledged(desk: LiveDesk) -> list[str]:
    """Who had an acknowledgement, in the order of their names, once for each."""
    return sorted(mail.recipient for mail in desk.sink.received)


def advised(command: str) -> str:
    """The command, which the operator's guide must give."""
    assert command in topics()["operating"].text
    return command


def test_a_sqlite_desk_comes_back_from_a_backup_of_its_working_hours(desk: LiveDesk) -> None:
    """What was backed up while the job ran is the whole desk: restored, it repeats nothing and goes
    on with what came since."""
    if shutil.which("sqlite3") is None:
        missing("The command sqlite3", "sqlite3")
    desk.configure()
    write(desk, EMMA)
    job = desk.program.start("run", environ=desk.environ)
    try:
        eventually(lambda: acknowledged(desk) == [EMMA])
        write(desk, LUCIA)
        subprocess.run(advised(SQLITE), shell=True, cwd=desk.program.folder, check=True)
        eventually(lambda: len(desk.sink.received) == 2)
    finally:
        job.send_signal(signal.SIGKILL)
        job.communicate(timeout=20)
    for file in desk.program.folder.glob("mailresponder.db*"):
        file.unlink()
    shutil.copy(desk.program.folder / "desk-backup.db", desk.program.folder / "mailresponder.db")
    write(desk, JAVIER)

    desk.once()

    sent = acknowledged(desk)
    assert (sent.count(EMMA), sent.count(JAVIER)) == (1, 1)
    # Whether her mail was taken before the backup or after it, nobody can say.
    assert sent.count(LUCIA) in (1, 2)
    assert sorted(t["customer"] for t in desk.tickets()) == sorted([EMMA, LUCIA, JAVIER])


def test_a_postgresql_desk_comes_back_from_a_dump(desk: LiveDesk, postgres: Postgres) -> None:
    """A dump restored into an empty database is the desk as it was, and it goes on."""
    binaries = binaries_or_skip()
    first, second = f"backup_{desk.sink.port}", f"restored_{desk.sink.port}"
    postgres.create(first)
    postgres.create(second)
    desk.configure(desk=database(postgres, first))
    write(desk, EMMA)
    desk.once()

    for command, target in ((DUMP, f" {first}"), (RESTORE, f"{second} desk-backup.dump")):
        subprocess.run(
            f"{binaries / advised(command)}{target}",
            shell=True,
            cwd=desk.program.folder,
            env={"PGHOST": str(postgres.folder), "PGUSER": "mailresponder"},
            check=True,
        )
    desk.configure(desk=database(postgres, second))
    write(desk, JAVIER)
    desk.once()

    assert acknowledged(desk) == [EMMA, JAVIER]
    assert sorted(t["customer"] for t in desk.tickets()) == [EMMA, JAVIER]


def database(postgres: Postgres, name: str) -> str:
    """The line of config.toml that names a database."""
    url = postgres.url(name).replace("postgresql+psycopg://", "postgresql://")
    return f'database = "{url}"'


def test_without_its_key_a_restored_desk_does_not_start(desk: LiveDesk) -> None:
    """A database that comes back without its key is refused, with what to do about it."""
    desk.configure()
    write(desk, EMMA)
    desk.once()
    key: Path = desk.program.folder / "mailresponder.secret"
    key.unlink()

    done = desk.program.run("run", "--once", environ=desk.environ)

    assert done.returncode == 78, done.stderr
    assert "put the file back" in done.stderr
    assert not key.exists()
