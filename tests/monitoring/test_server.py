import socket
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from asking import answers, ask, samples
from desks import eventually
from offices import EMMA, LEAD, MONDAY, Office, complaint
from servers.dovecot import free_ports

from mailresponder import config, monitoring
from mailresponder.app import liveness
from mailresponder.cluster.visiting import Visitor
from mailresponder.monitoring import looking, server

Serve = Callable[..., int]


def tick(office: Office) -> None:
    """One pass, as a worker makes it."""
    Visitor(office.app, slow_places=1).visit("support")


def test_passes_and_queue_are_told(office: Office, watched: Serve) -> None:
    """What two passes did and what is open and waits is there in numbers."""
    port = watched()
    office.receive(complaint(), complaint("javier@customer.test"))
    tick(office)
    office.clock.advance(hours=9)
    tick(office)

    told = samples(ask(port, "/metrics").text)

    assert told["mailresponder_passes_total", ("support", "ok")] == 2
    assert told["mailresponder_mails_taken_total", ("support", "opened")] == 2
    assert told["mailresponder_mails_delivered_total", ("support", "sent")] == 2 + 2
    assert told["mailresponder_ticket_changes_total", ("support", "escalated")] == 2
    assert told["mailresponder_tickets_open", ("support", "false")] == 2
    assert told["mailresponder_tickets_overdue", ("support", "false")] == 2
    assert told["mailresponder_longest_wait_seconds", ("support", "false")] == 9 * 3600
    assert told["mailresponder_outbox_mails", ("support", "queued")] == 0
    assert told["mailresponder_mailbox_up", ("support", "reading")] == 1
    assert told["mailresponder_pass_duration_seconds_count", ()] == 2
    ended = office.clock.now.timestamp()
    assert told["mailresponder_last_pass_timestamp_seconds", ("support",)] == ended
    assert ("process_resident_memory_bytes", ()) in told


def test_nothing_told_names_a_person(office: Office, watched: Serve) -> None:
    """Neither page has an address, a reference or a word of a mail in it."""
    port = watched(ladder="")
    office.receive(complaint())
    tick(office)
    office.sink.answer("MAIL", f"451 4.7.1 <{EMMA}> is none of ours, ask ops@example.com", times=9)
    office.receive(complaint("javier@customer.test", subject="Unmistakable"))
    for _ in range(2):
        office.app.mailboxes["support"].run_pass()
        office.clock.advance(minutes=6)

    text = ask(port, "/metrics").text + ask(port, "/healthz").text

    assert "@" not in text
    for word in (EMMA, LEAD, office.tickets()[0].reference, "Unmistakable", "20417"):
        assert word not in text


def test_labels_are_few(office: Office, watched: Serve) -> None:
    """A mailbox has the same series however much mail there was: fewer than fifty."""
    port = watched()
    before = samples(ask(port, "/metrics").text)
    office.receive(*(complaint(f"customer{n}@customer.test") for n in range(5)))
    tick(office)

    after = samples(ask(port, "/metrics").text)

    mine = {key for key in after if "support" in key[1]}
    assert {key for key in before if "support" in key[1]} <= mine
    assert len(mine) < 50
    assert {key[0] for key in after.keys() - before.keys()} == {
        "mailresponder_last_pass_duration_seconds",
        "mailresponder_last_pass_timestamp_seconds",
        "mailresponder_last_read_timestamp_seconds",
    }


def test_all_is_well(office: Office, watched: Serve) -> None:
    """A process that has just begun is given the time for a pass; then it must have made one."""
    port = watched(poll_every="60s")
    began = ask(port, "/healthz")
    office.clock.advance(minutes=4)
    late = ask(port, "/healthz")
    office.run_well()
    well = ask(port, "/healthz")

    assert (began.status, began.text) == (200, "ok\n")
    assert (late.status, late.text) == (503, "support: no pass has ended yet\n")
    assert (well.status, well.text) == (200, "ok\n")


def test_a_pass_that_does_not_come_is_told(office: Office, watched: Serve) -> None:
    """After three intervals without a pass the answer is 503 and says since when."""
    port = watched(poll_every="60s")
    office.run_well()
    office.clock.advance(minutes=4)

    told = ask(port, "/healthz")

    assert (told.status, told.text) == (
        503,
        f"support: no pass since {MONDAY:%Y-%m-%d %H:%M} UTC\n",
    )
    assert samples(ask(port, "/metrics").text)["mailresponder_passes_on_time", ("support",)] == 0


def test_a_pass_that_takes_long_is_no_fault(office: Office, watched: Serve) -> None:
    """Over a large mailbox, the first one say, an hour may pass, and a reload changes nothing. Once
    it has ended the next is waited for."""
    port = watched(poll_every="60s")
    progress = office.app.mailboxes["support"].progress
    progress.began()
    office.clock.advance(hours=1)
    at_work = ask(port, "/healthz")
    office.app.reload(config.load(office.path))
    reloaded = ask(port, "/healthz")
    progress.ended()
    ended = ask(port, "/healthz")

    assert (at_work.status, reloaded.status) == (200, 200)
    assert (ended.status, ended.text) == (503, "support: no pass has ended yet\n")


def test_a_pass_that_hangs_is_told(
    office: Office, watched: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is at work and gets no further is named, though the last one ended just now."""
    port = watched()
    office.run_well()
    hanging = office.app.mailboxes["support"]
    hanging.progress.made()
    monkeypatch.setattr(liveness, "STUCK", timedelta(seconds=-1))
    # It goes on hanging by the configuration it began with.
    office.app.reload(config.load(office.path))

    told = ask(port, "/healthz")
    hanging.close()

    assert told.status == 503
    assert told.text.startswith("support: a pass hangs; the last one ended at ")


def test_a_refused_sign_in_is_told_at_once(office: Office, watched: Serve) -> None:
    """Nobody waits five minutes to hear of a password that is wrong."""
    port = watched(password="wrong")

    tick(office)
    told, metrics = ask(port, "/healthz"), samples(ask(port, "/metrics").text)

    assert told.status == 503
    assert told.text.startswith("support: cannot be read since ")
    assert "the sign-in is refused" in told.text
    assert "wrong" not in told.text
    assert metrics["mailresponder_failures_total", ("support", "sign_in_refused")] == 1
    assert metrics["mailresponder_mailbox_up", ("support", "reading")] == 0


def test_a_server_that_is_away_is_told_when_it_stays_away(office: Office, watched: Serve) -> None:
    """A failure of a minute is no news; one of five minutes is, with its reason, until it ends."""
    [nobody] = free_ports(1)
    port, imap = watched(), office.imap_port
    office.imap_port = nobody
    port = watched()
    office.run()
    begun = ask(port, "/healthz")
    office.clock.advance(minutes=5)
    told = ask(port, "/healthz")
    office.imap_port = imap
    port = watched()
    office.run()
    over = ask(port, "/healthz")

    assert begun.status == 200
    assert told.status == 503
    assert told.text.startswith("support: cannot be read since ")
    assert "refuse" in told.text
    assert (over.status, over.text) == (200, "ok\n")


def test_a_database_that_is_away_is_told(office: Office, watched: Serve) -> None:
    """Both pages answer: 503 with the reason, and the metrics that need no database."""
    port = watched()
    path = office.path.with_name("mailresponder.db")
    office.app.store.close()
    path.write_bytes(b"no database at all" * 100)
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)

    told, metrics = ask(port, "/healthz"), samples(ask(port, "/metrics").text)

    assert told.status == 503
    assert "no SQLite database" in told.text
    assert metrics["mailresponder_database_up", ()] == 0
    assert not [key for key in metrics if key[0] == "mailresponder_tickets_open"]


def test_other_requests_change_nothing(watched: Serve) -> None:
    """Another path is 404, another method 501, and HEAD has no content."""
    port = watched()

    assert ask(port, "/metrics/../config.toml").status == 404
    assert ask(port, "/healthz", "POST").status == 501
    assert ask(port, "/healthz", "HEAD").text == ""


def test_who_holds_connections_open_loses_them(
    watched: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many silent connections as are taken keep nobody out longer than an answer may take."""
    monkeypatch.setattr(server, "DONE_WITHIN", 0.2)
    port = watched()
    held = [
        socket.create_connection(("127.0.0.1", port)) for _ in range(server.MOST_CONNECTIONS + 2)
    ]

    for one in held:
        one.settimeout(10)
        assert one.recv(1) == b""
        one.close()
    eventually(lambda: answers(port))


def test_a_port_that_is_taken_keeps_nobody_from_working(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told in the log once, and listened at as soon as it is free."""
    monkeypatch.setattr(server, "TRY_AGAIN", 0.01)
    logged: list[str] = []
    told = threading.Event()

    class _Log:
        def error(self, event: str, **_: object) -> None:
            logged.append(event)
            told.set()

        info = warning = error

    monkeypatch.setattr(server, "log", _Log())
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        serving = monitoring.serving(office.open(), host="127.0.0.1", port=port)
        with serving:
            assert told.wait(10)
            taken.close()
            eventually(lambda: answers(port))

    assert logged == ["metrics_not_served", "metrics_served"]
    assert not answers(port)


def test_a_scrape_is_answered_from_a_look_of_a_moment_ago(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often somebody asks, the database is asked once in some seconds."""
    seconds = [0.0]
    looker = looking.Looker(office.open(), steady=lambda: seconds[0])
    first = looker.look()
    seconds[0] = looking.KEPT_FOR
    assert looker.look() is first
    seconds[0] += 1
    assert looker.look() is not first
