"""The job as a service: it wakes by IDLE and ends when told."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from queue import SimpleQueue

import pytest
from desks import eventually
from offices import EMMA, Office, complaint
from program import ROOT
from servers.dovecot import Dovecot, MailUser
from servers.postgres import Postgres
from servers.proxy import Proxy

from mailresponder import config, scheduler
from mailresponder.app import App, Tempo, threads
from mailresponder.clock import utc_now
from mailresponder.demo.server import SentMail
from mailresponder.store import leases

MINUTE = timedelta(minutes=1)
SOON = 20
"""Seconds; polling, once an hour, is never so soon."""


@pytest.fixture
def sent(office: Office) -> SimpleQueue[SentMail]:
    """What goes out, to be waited for."""
    queue: SimpleQueue[SentMail] = SimpleQueue()
    office.sink.deliver = queue.put
    return queue


@contextmanager
def running(app: App) -> Iterator[threading.Thread]:
    """The desk at work in a thread of its own, which has to end when told."""
    with app:
        thread = threading.Thread(target=scheduler.run, args=(app,))
        thread.start()
        try:
            yield thread
        finally:
            app.stopping.set()
            thread.join(SOON)
        assert not thread.is_alive()


@pytest.fixture
def service(office: Office, sent: SimpleQueue[SentMail]) -> Iterator[tuple[App, threading.Thread]]:
    """The desk at work, by the real clock, in a thread of its own."""
    office.clock.now = utc_now()
    office.configure()
    app = App.open(config.load(office.path))
    with running(app) as thread:
        yield app, thread


def test_mail_that_waits_is_taken_at_once(
    office: Office, sent: SimpleQueue[SentMail], service: tuple[App, threading.Thread]
) -> None:
    """Each mail is acknowledged within seconds, whenever it comes, though the desk polls hourly."""
    for number in range(3):
        person = f"c{number}@customer.test"
        office.receive(complaint(person))
        assert sent.get(timeout=SOON).recipient == person


def test_mail_that_comes_during_a_pass_is_taken_after_it(
    office: Office, service: tuple[App, threading.Thread], sent: SimpleQueue[SentMail]
) -> None:
    """Mail that comes while a pass is sending waits for its end, not for the next poll."""

    def more(mail: SentMail) -> None:
        office.sink.deliver = sent.put
        office.receive(complaint("noah@customer.test"))
        sent.put(mail)

    office.sink.deliver = more
    office.receive(complaint())

    assert [sent.get(timeout=SOON).recipient for _ in range(2)] == [EMMA, "noah@customer.test"]


def test_it_stops_within_seconds(
    office: Office, sent: SimpleQueue[SentMail], service: tuple[App, threading.Thread]
) -> None:
    """Told to stop while it waits in IDLE, it ends, and so does everything it started."""
    office.receive(complaint())
    assert sent.get(timeout=SOON).recipient == EMMA
    app, thread = service
    app.stopping.set()
    thread.join(timeout=5)

    assert not thread.is_alive()
    left = {thread.name.partition("-")[0] for thread in threading.enumerate()}
    assert left.isdisjoint({"idle", "APScheduler", "ThreadPoolExecutor"})


def test_it_stops_though_no_server_is_there(office: Office) -> None:
    """A mailbox that cannot be reached keeps nobody from ending the program."""
    office.clock.now = utc_now()
    office.configure(password="wrong", admins="")
    with running(App.open(config.load(office.path))):
        pass


def test_two_mailboxes_are_watched_each_by_itself(
    office: Office, sent: SimpleQueue[SentMail], new_dovecot_user: Callable[[], MailUser]
) -> None:
    """Mail at either mailbox wakes the desk."""
    office.add_mailbox(new_dovecot_user(), name="sales", address="sales@example.com")
    office.clock.now = utc_now()
    office.configure()
    with running(App.open(config.load(office.path))):
        for mailbox, to in (("sales", "sales@example.com"), ("support", "support@example.com")):
            office.receive(complaint(f"of-{mailbox}@customer.test", to=to), mailbox=mailbox)
            assert sent.get(timeout=SOON).recipient == f"of-{mailbox}@customer.test"


def test_two_services_on_one_database_file_do_everything_once(
    office: Office, sent: SimpleQueue[SentMail]
) -> None:
    """Two processes on one machine watch the same mailbox: each mail is answered at once, by the
    one that is there first."""
    office.clock.now = utc_now()
    office.configure()
    with (
        running(App.open(config.load(office.path))),
        running(App.open(config.load(office.path))),
    ):
        people = [f"c{number}@customer.test" for number in range(4)]
        for person in people:
            office.receive(complaint(person))
        assert sorted(sent.get(timeout=SOON).recipient for _ in people) == people
    assert len(office.sink.received) == len(people)


def test_a_server_that_answers_nobody_holds_up_the_others_once(
    office: Office,
    sent: SimpleQueue[SentMail],
    new_dovecot_user: Callable[[], MailUser],
    dovecot: Dovecot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While one mailbox waits for its server in the only thread, another one of this server and
    one of a good server wait behind it. When it gives up, the next of this server waits in a
    thread for the slow, and mail of the good server is answered meanwhile."""
    monkeypatch.setattr(threads, "MAX_THREADS", 1)
    monkeypatch.setattr(threads, "LONG", timedelta(0))
    office.add_mailbox(new_dovecot_user(), name="sales", address="sales@example.com")
    office.add_mailbox(new_dovecot_user(), name="good", address="good@example.com")
    office.receive(complaint(to="good@example.com"), mailbox="good", at=utc_now())
    office.clock.now = utc_now()
    with Proxy(dovecot.imap_port) as proxy:
        proxy.fall_silent()
        office.imap_port = proxy.port
        office.configure(admins="")
        of_all, _, of_the_last = office.path.read_text().rpartition(f"port = {proxy.port}")
        office.path.write_text(f"{of_all}port = {dovecot.imap_port}{of_the_last}")
        with running(App.open(config.load(office.path))):
            eventually(lambda: proxy.traffic.connections == 1)
            proxy.hang_up()
            eventually(lambda: proxy.traffic.connections == 2)
            assert sent.get(timeout=SOON).recipient == EMMA
            assert proxy.traffic.connections == 2
            proxy.hang_up()


def test_a_hundred_mailboxes_in_one_process(
    office: Office, new_dovecot_user: Callable[[], MailUser]
) -> None:
    """Each mailbox's mail is acknowledged, when the process begins and later, by as many threads
    as are written down, with one IMAP connection for each mailbox and SMTP connections for the
    passes under way only."""
    boxes = [f"box{number}" for number in range(99)]
    for box in boxes:
        office.add_mailbox(new_dovecot_user(), name=box, address=f"{box}@example.com")
    office.configure(save_copy="false")
    process = subprocess.Popen(
        [sys.executable, "-m", "mailresponder", "--config", office.path, "run"],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
    )
    tasks = sockets = 0

    def acknowledged(count: int) -> bool:
        nonlocal tasks, sockets
        tasks = max(tasks, len(list(Path(f"/proc/{process.pid}/task").iterdir())))
        sockets = max(sockets, sockets_of(process.pid))
        return len(office.sink.received) == count

    try:
        for number, some, count in ((1, ["support", *boxes], 100), (2, boxes[::5], 120)):
            for box in some:
                person = f"{box}.{number}@customer.test"
                mail = complaint(person, to=f"{box}@example.com")
                office.receive(mail, mailbox=box, at=utc_now())
            eventually(lambda count=count: acknowledged(count), within=120)
        # The main thread, two of APScheduler's, those that listen for mail, for signals and for
        # reloads, and what passes send with.
        most = threads.MAX_THREADS + threads.SLOW_THREADS
        assert tasks <= 6 + 2 * most
        # IMAP, SMTP, and a pair of the listener's own.
        assert 100 <= sockets <= 100 + most + 2
        eventually(lambda: sockets_of(process.pid) == 100 + 2)
    finally:
        process.terminate()
        process.wait(60)
    assert process.returncode == 0


def sockets_of(pid: int) -> int:
    """How many sockets a process has open."""
    count = 0
    for name in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            count += str(name.readlink()).startswith("socket:")
    return count


def test_a_pass_under_way_ends_before_the_next_configuration_counts(
    office: Office, sent: SimpleQueue[SentMail], dovecot: Dovecot
) -> None:
    """While a mail is being sent the configuration changes: that one ends as it began, the next is
    written by the new one, and each goes out once. The connection is another one only where the
    mailbox is."""
    office.clock.now = utc_now()
    go_on = threading.Event()

    def held(mail: SentMail) -> None:
        sent.put(mail)
        go_on.wait(SOON)

    office.sink.deliver = held
    with Proxy(dovecot.imap_port) as proxy:
        office.imap_port = proxy.port
        office.configure()
        app = App.open(config.load(office.path))
        with running(app):
            office.receive(complaint())
            assert b"Acme Support" in sent.get(timeout=SOON).content
            text = office.path.read_text().replace("Acme Support", "Umbrella")
            office.path.write_text(text)
            app.reload(config.load(office.path))
            office.receive(complaint("noah@customer.test"))
            go_on.set()
            mail = sent.get(timeout=SOON)
            assert mail.recipient == "noah@customer.test"
            assert b"Umbrella" in mail.content
            assert proxy.traffic.connections == 1

            office.path.write_text(text.replace('poll_every = "1h"', 'poll_every = "2h"'))
            app.reload(config.load(office.path))
            eventually(lambda: proxy.traffic.connections == 2)
            office.receive(complaint("mia@customer.test"))
            assert sent.get(timeout=SOON).recipient == "mia@customer.test"
    assert len(office.sink.received) == 3


def test_instances_that_are_told_one_after_the_other(
    office: Office,
    sent: SimpleQueue[SentMail],
    new_dovecot_user: Callable[[], MailUser],
    postgres: Postgres,
) -> None:
    """Two instances share three mailboxes. While one knows of a fourth and the other does not yet,
    while one has let go of a mailbox that the other goes on with, and when both know, each mail is
    answered once: that of the fourth by the time both know of it."""
    office.clock.now = utc_now()
    for name in ("sales", "orders"):
        office.add_mailbox(new_dovecot_user(), name=name, address=f"{name}@example.com")
    url = postgres.create("reloading", template="model").replace("+psycopg", "")
    office.configure(desk=f'database = "{url}"')
    tempo = Tempo(lease=timedelta(seconds=4), beat=timedelta(seconds=0.2))
    first, second = (App.open(config.load(office.path), tempo=tempo) for _ in range(2))
    people: list[str] = []

    def answered_once(*mailboxes: str) -> None:
        for mailbox in mailboxes:
            people.append(f"c{len(people)}@customer.test")
            mail = complaint(people[-1], to=f"{mailbox}@example.com")
            office.receive(mail, mailbox=mailbox, at=utc_now())
        got = {sent.get(timeout=SOON).recipient for _ in mailboxes}
        assert got == set(people[-len(mailboxes) :])

    def held() -> set[str]:
        with first.store.read() as conn:
            holders, _ = leases.holders(conn, utc_now())
        return set(holders)

    with running(first), running(second):
        answered_once("support", "sales", "orders")
        office.add_mailbox(new_dovecot_user(), name="new", address="new@example.com")
        office._users.pop("sales")
        office.configure()
        first.reload(config.load(office.path))
        answered_once("support", "orders")
        # Whoever goes by the old configuration has it now, or takes it.
        eventually(lambda: second.instance.is_ours("sales"))
        answered_once("sales")
        second.reload(config.load(office.path))
        eventually(lambda: held() == {"support", "new", "orders"})
        answered_once("support", "new", "orders")
    assert sorted(mail.recipient for mail in office.sink.received) == sorted(people)
    postgres.drop("reloading")


def test_a_clock_that_was_put_back_makes_every_pass_due() -> None:
    """Or none would come until it is again as late as it was; a clock that goes on makes none."""
    begin = utc_now()
    times = iter([begin, begin + MINUTE, begin + 2 * MINUTE, begin - 60 * MINUTE, begin])
    made: list[datetime] = []
    asked: list[datetime] = []

    class Soon(threading.Event):
        def wait(self, _timeout: float | None = None) -> bool:
            return len(asked) == 5

    def clock() -> datetime:
        asked.append(next(times))
        return asked[-1]

    scheduler._wait(Soon(), clock, lambda: made.append(asked[-1]))

    assert made == [begin - 60 * MINUTE]
