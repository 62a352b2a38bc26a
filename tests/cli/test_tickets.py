import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import cases
import pytest

from mailresponder.policy.facts import Outcome
from mailresponder.store import messages, tickets
from mailresponder.store.database import Store
from mailresponder.store.messages import MessageRecord
from mailresponder.store.schema import outbox as outgoing

MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture
def two(store: Store) -> Store:
    """A store with a calm ticket, MR-22222, and an angry one, MR-33333."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-22222"), "Hello")
        cases.add(conn, cases.angry_ticket("MR-33333"), "Never again!!!")
    return store


def test_json_list_is_the_interface_s(run, desk_file: Path, two: Store) -> None:
    """`tickets --json` is a list of objects with the interface's keys, times in UTC."""
    done = run("--config", str(desk_file), "tickets", "--json")

    shown = json.loads(done.out)
    assert done.status == 0
    assert [list(ticket) for ticket in shown] == [cases.TICKET_KEYS] * 2
    assert [ticket["reference"] for ticket in shown] == ["MR-33333", "MR-22222"]
    opened = datetime.fromisoformat(shown[0]["opened_at"])
    assert (opened, opened.utcoffset()) == (cases.NOON, cases.NOON.utcoffset())
    assert shown[0]["answered_at"] is None


def test_json_list_of_nothing_is_an_empty_list(run, desk_file: Path, store: Store) -> None:
    """An empty queue is `[]`, not a sentence."""
    assert json.loads(run("--config", str(desk_file), "tickets", "--json").out) == []


@pytest.mark.parametrize(
    ("options", "references"),
    [
        (["--angry"], ["MR-33333"]),
        (["--state", "open"], ["MR-33333", "MR-22222"]),
        (["--state", "closed"], []),
    ],
)
def test_filters(run, desk_file: Path, two: Store, options: list[str], references) -> None:
    """The filters choose what their names say."""
    done = run("--config", str(desk_file), "tickets", "--json", *options)

    assert [ticket["reference"] for ticket in json.loads(done.out)] == references


def test_overdue_goes_by_the_clock(run, desk_file: Path, store: Store) -> None:
    """A deadline of long ago is overdue, one of a distant year is not."""
    past, future = datetime.fromisoformat("2020-01-01T00:00Z"), cases.NOON.replace(year=2999)
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-22222", due_at=past))
        cases.add(conn, cases.open_ticket("MR-33333", due_at=future))

    done = run("--config", str(desk_file), "tickets", "--overdue", "--json")

    assert [ticket["reference"] for ticket in json.loads(done.out)] == ["MR-22222"]


def test_list_for_people_is_plain_when_piped(run, desk_file: Path, two: Store) -> None:
    """Away from a terminal the table is aligned text, whole, without colours."""
    done = run("--config", str(desk_file), "tickets")

    heading, first, second = done.out.splitlines()
    assert heading.startswith("REF ")
    assert first.startswith("MR-33333")
    assert second.endswith("Where is my order?")
    assert "\x1b" not in done.out


def test_ticket_json_is_the_interface_s(run, desk_file: Path, two: Store) -> None:
    """`ticket REF --json` is one object with messages, events and defects as lists."""
    done = run("--config", str(desk_file), "ticket", "MR-33333", "--json")

    shown = json.loads(done.out)
    assert list(shown) == [*cases.TICKET_KEYS, "events", "defects"]
    assert [list(message) for message in shown["messages"]] == [cases.MESSAGE_KEYS]
    assert [list(event) for event in shown["events"]] == [cases.EVENT_KEYS]


@pytest.mark.parametrize("spelling", ["mr-33333", "[MR-33333]", "33333", " MR-33333 "])
def test_references_are_read_as_people_write_them(
    run, desk_file: Path, two: Store, spelling: str
) -> None:
    """A reference may be copied with its brackets or typed in lower case, without its prefix."""
    done = run("--config", str(desk_file), "ticket", spelling)

    assert done.status == 0
    assert "MR-33333" in done.out


def test_ticket_for_people_tells_words_and_reasons(run, desk_file: Path, two: Store) -> None:
    """What was written, why it is angry, and why nobody was acknowledged can all be read."""
    out = run("--config", str(desk_file), "ticket", "MR-33333").out

    for told in ("Never again!!!", "never again", "null_return_path", "Europe/Madrid", "opened"):
        assert told in out


def test_why_is_told_with_weights_per_ticket_and_per_message(
    run, desk_file: Path, two: Store
) -> None:
    """The band, and the words as they stand in the text with what they weigh."""
    out = run("--config", str(desk_file), "ticket", "MR-33333").out
    why = '0.90, angry ("never again" +2.5, "!!!" +0.5)'

    assert [line.split(":", 1)[1].strip() for line in out.splitlines() if "Anger:" in line] == [
        why,
        why,
    ]


def test_queue_tells_band_and_rise_and_who_was_judged(run, desk_file: Path, store: Store) -> None:
    """A score has its band; where anger rises it says so; what staff said needs no score."""
    shown = {
        "MR-22222": cases.open_ticket("MR-22222"),
        "MR-33333": cases.open_ticket("MR-33333", anger=0.5),
        "MR-44444": cases.angry_ticket("MR-44444", anger_rising=True),
        "MR-55555": cases.angry_ticket("MR-55555", angry=False, judged_by="ana"),
        "MR-66666": cases.open_ticket("MR-66666", angry=True, judged_by="ana"),
    }
    with store.begin() as conn:
        for ticket in shown.values():
            cases.add(conn, ticket)

    lines = run("--config", str(desk_file), "tickets").out.splitlines()[1:]

    assert {line[:8]: line.split("  ")[2].strip() for line in map(squeezed, lines)} == {
        "MR-22222": "0.10 calm",
        "MR-33333": "0.50 upset",
        "MR-44444": "0.90 angry, rising",
        "MR-55555": "calm, judged",
        "MR-66666": "angry, judged",
    }


def squeezed(line: str) -> str:
    """A line of a table with two blanks between its cells."""
    return re.sub("  +", "  ", line)


def test_ticket_says_who_judged_and_that_anger_rises(run, desk_file: Path, store: Store) -> None:
    """A person's word stands before the score, without the words they did not go by."""
    said = cases.angry_ticket("MR-22222", angry=False, judged_by="ana")
    rising = cases.angry_ticket("MR-33333", anger_rising=True)
    with store.begin() as conn:
        cases.add(conn, said)
        cases.add(conn, rising)

    told = [run("--config", str(desk_file), "ticket", f"MR-{n}").out for n in (22222, 33333)]

    assert "not angry, as ana said (heard 0.90)\n" in told[0]
    assert "0.90, angry, rising: the latest mail is angrier than the ones before it (" in told[1]


def test_customer_text_cannot_command_the_terminal(run, desk_file: Path, store: Store) -> None:
    """Escape sequences, bells and overrides of the writing direction never reach the screen."""
    evil = "\x1b]0;owned\x07\x1b[2J\x9b31m \u202eexe.txt\rhidden"
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-22222", subject=evil), evil)

    one = run("--config", str(desk_file), "ticket", "MR-22222").out
    listed = run("--config", str(desk_file), "tickets").out

    for out in (one, listed):
        assert not set(out) & set("\x1b\x07\x9b\u202e\r")
        assert "hidden" in out


@pytest.mark.parametrize("state", ["queued", "failed", "sent"])
def test_mail_of_ours_that_was_not_sent_looks_so(
    run, desk_file: Path, store: Store, state: str
) -> None:
    """An acknowledgement that waits or was given up is not shown as if it had been delivered."""
    with store.begin() as conn:
        ticket = cases.add(conn, cases.open_ticket("MR-22222"), "Hello")
        number = cases.queue_mail(conn)
        message_id = "<mr.admin.desk.1@example.com>"
        values = {"ticket_id": ticket.id, "kind": "acknowledgement", "state": state}
        conn.execute(outgoing.update().where(outgoing.c.id == number).values(**values))
        record = MessageRecord(
            dedup_key=message_id,
            mailbox="support",
            ticket_id=ticket.id,
            direction="out",
            kind="own",
            outcome=Outcome.RECORDED,
            message_id=message_id,
            from_="support@example.com",
            to="emma@customer.test",
            subject="We heard you",
            new_text="Hello Emma",
            at=cases.NOON,
        )
        messages.record_message(conn, record)

    text = run("--config", str(desk_file), "ticket", "MR-22222").out
    shown = json.loads(run("--config", str(desk_file), "ticket", "MR-22222", "--json").out)

    assert (f"to emma@customer.test (own) (not sent: {state})" in text) == (state != "sent")
    assert ("not sent" in text) == (state != "sent")
    assert all(list(message) == cases.MESSAGE_KEYS for message in shown["messages"])


@pytest.mark.parametrize("command", ["ticket", "answered", "close"])
def test_unknown_reference_is_a_sentence(run, desk_file: Path, two: Store, command: str) -> None:
    """A ticket that is not there ends with status 1 and says so."""
    done = run("--config", str(desk_file), command, "MR-99999")

    assert (done.status, done.out) == (1, "")
    assert "MR-99999" in done.err


def test_answered_stops_the_clock(run, desk_file: Path, two: Store) -> None:
    """`answered` leaves no deadline and writes down who said so."""
    done = run("--config", str(desk_file), "answered", "MR-22222")

    with two.read() as conn:
        ticket = tickets.ticket_by_reference(conn, "MR-22222")
        last = tickets.events(conn, ticket.id)[-1]
    assert done.status == 0
    assert (ticket.state, ticket.due_at, ticket.answered_at is None) == ("answered", None, False)
    assert (last.what, "command line" in last.by) == ("answered", True)


def test_answering_twice_is_said(run, desk_file: Path, two: Store) -> None:
    """A ticket that is answered already stays as it is, with status 0 and no second event."""
    run("--config", str(desk_file), "answered", "MR-22222")
    done = run("--config", str(desk_file), "answered", "MR-22222")

    with two.read() as conn:
        ticket = tickets.ticket_by_reference(conn, "MR-22222")
        events = [event.what for event in tickets.events(conn, ticket.id)]
    assert (done.status, done.out) == (0, "MR-22222 is answered already.\n")
    assert events.count("answered") == 1


def test_what_is_closed_stays_closed(run, desk_file: Path, two: Store) -> None:
    """`answered` on a closed ticket says so, and so does `close`."""
    assert run("--config", str(desk_file), "close", "MR-22222").out == "MR-22222 is closed.\n"

    again = run("--config", str(desk_file), "close", "MR-22222")
    answered = run("--config", str(desk_file), "answered", "MR-22222")

    assert (again.status, again.out) == (0, "MR-22222 is closed already.\n")
    assert (answered.status, answered.out) == (0, "MR-22222 is closed and stays so.\n")


def test_close_closes(run, desk_file: Path, two: Store) -> None:
    """`close` leaves nobody waiting."""
    done = run("--config", str(desk_file), "close", "MR-22222")

    with two.read() as conn:
        ticket = tickets.ticket_by_reference(conn, "MR-22222")
    assert (done.status, ticket.state, ticket.due_at) == (0, "closed", None)


def test_snooze_puts_reminders_off_and_keeps_the_deadline(run, desk_file: Path, two: Store) -> None:
    """`snooze REF 2d` keeps the deadline; the other ticket is untouched."""
    done = run("--config", str(desk_file), "snooze", "MR-22222", "2d")

    with two.read() as conn:
        ticket = tickets.ticket_by_reference(conn, "MR-22222")
        other = tickets.ticket_by_reference(conn, "MR-33333")
    assert done.status == 0
    shown = run("--config", str(desk_file), "ticket", "MR-22222").out
    until = ticket.snoozed_until.astimezone(MADRID).strftime("%Y-%m-%d %H:%M")
    assert f"Snoozed until: {until}" in shown
    assert f"snoozed: until {until} (Europe/Madrid)" in shown
    assert "Snoozed" not in run("--config", str(desk_file), "ticket", "MR-33333").out
    assert run("--config", str(desk_file), "tickets").out.count("open, snoozed") == 1
    assert (ticket.due_at, other.snoozed_until) == (cases.open_ticket("").due_at, None)


def test_times_are_those_of_the_ticket_s_mailbox(run, desk_file: Path, store: Store) -> None:
    """A mailbox with a zone of its own has its times told in it, and the queue says so."""
    far = datetime(2099, 1, 5, 12, tzinfo=UTC)
    with store.begin() as conn:
        cases.add(conn, replace(cases.open_ticket("MR-22222"), due_at=far), "Hello")
        gone = replace(cases.open_ticket("MR-33333"), mailbox="gone", due_at=far)
        cases.add(conn, gone, "Hello")
    text = desk_file.read_text(encoding="utf-8")
    own = '[mailbox.deadlines]\ntimezone = "America/New_York"\n\n[staff]'
    desk_file.write_text(text.replace("[staff]", own), encoding="utf-8")
    here = ("--config", str(desk_file))

    queue = run(*here, "tickets").out
    assert "2099-01-05 07:00 (America/New_York)" in queue
    assert re.search(r"2099-01-05 13:00 +[^( ]", queue), "a mailbox that is gone has the desk's"
    assert "(America/New_York)" in run(*here, "snooze", "MR-22222", "2d").out
    shown = run(*here, "ticket", "MR-22222").out
    assert re.search(r"Due: +2099-01-05 07:00", shown)
    assert "Times are in America/New_York." in shown
    assert "(Europe/Madrid)" in run(*here, "snooze", "MR-33333", "2d").out


@pytest.mark.parametrize("duration", ["tomorrow", "2", "-2d", "0h", "99999d", "9999999999d"])
def test_bad_duration_is_a_usage_error(run, desk_file: Path, two: Store, duration: str) -> None:
    """A duration that is none ends with status 2 and changes nothing."""
    done = run("--config", str(desk_file), "snooze", "--", "MR-22222", duration)

    assert done.status == 2
    assert ("at most 3660d" in done.err) == (duration != "0h")
    with two.read() as conn:
        assert tickets.ticket_by_reference(conn, "MR-22222").snoozed_until is None


def test_snooze_of_a_closed_ticket_is_a_sentence(run, desk_file: Path, two: Store) -> None:
    """There is nothing to put off where nobody waits."""
    run("--config", str(desk_file), "close", "MR-22222")

    done = run("--config", str(desk_file), "snooze", "MR-22222", "2d")

    assert done.status == 1
    assert "closed" in done.err


def test_missing_configuration_is_named(run, tmp_path: Path) -> None:
    """Without a configuration the status is 78 and the file is named."""
    done = run("--config", str(tmp_path / "none.toml"), "tickets")

    assert done.status == 78
    assert "none.toml" in done.err
