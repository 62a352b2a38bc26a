"""What the next start makes of what a crash has left, on real servers and both databases."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta

import letters
import pytest
from desks import parsed, text_of
from dying import Died, die
from month_people import FURIOUS as ALL_FURIOUS
from offices import EMMA, LEAD, Office, answer, complaint
from servers.smtp_sink import DROP

from mailresponder.policy.ticket import TicketState
from mailresponder.store import mailbox_tasks, outbox, outbox_view

DEATHS = (3, 8, 13, 18, 27)
"""Readings of the clock: among them while mail is taken, claimed, sent, settled and filed."""
FURIOUS = ALL_FURIOUS["en"][0].format("it", "Emma")


@pytest.fixture
def shaken(office_on_either: Office) -> Office:
    """The desk on one database after the other."""
    return office_on_either


def test_a_pass_may_die_at_any_moment(shaken: Office) -> None:
    """Wherever a pass dies, every mail has its ticket, its acknowledgement, its flags and its copy
    in the end; no mail goes out under two names, and none more than once more for its crash."""
    deaths = 0
    for nth in DEATHS:
        shaken.receive(
            complaint(f"calm{nth}@customer.test", subject=f"Matter {nth}"),
            complaint(f"angry{nth}@customer.test", subject=f"Insult {nth}", text=FURIOUS),
        )
        deaths += die(shaken, nth=nth)
    shaken.reopen()
    shaken.run_well()

    assert deaths == len(DEATHS)
    sent = Counter(
        (mail.recipient, parsed(mail.content)["Message-ID"]) for mail in shaken.sink.received
    )
    assert len({recipient for recipient, _ in sent}) == len(sent) == len(shaken.tickets())
    assert len(sent) == 2 * deaths
    assert sum(sent.values()) - len(sent) <= deaths
    assert max(sent.values()) <= 2
    assert shaken.flags() == [set(), {"\\Flagged", "$Angry"}] * deaths
    assert len(shaken.flags("Sent")) == len(sent)


def test_a_first_meeting_may_die_before_it_knows_where_to_begin(office: Office) -> None:
    """With `start_from = "now"` mail from before the first start is left alone, and all that came
    since is taken, also what came before the second start."""
    office.receive(complaint("old@customer.test"), at=office.clock.now - timedelta(days=1))
    runner = office.open(start_from='"now"').mailboxes["support"]

    def dies(*_: object, **__: object) -> None:
        raise Died

    runner._connected().select = dies
    with suppress(Died):
        runner.run_pass()
    office.clock.advance(minutes=5)
    office.receive(complaint("new@customer.test"))
    office.reopen()
    office.run_well()

    assert [ticket.customer.email for ticket in office.tickets()] == ["new@customer.test"]


# --- what may have been sent, and is not true any more


def may_have_been_sent(office: Office, kind: str, how: str) -> None:
    """Leave a mail of a kind behind, of which nobody knows whether it was sent."""
    if how == "reply lost":
        office.sink.answer("DATA", DROP)
        office.run()
    else:
        office.smtp_port, port = 9, office.smtp_port
        office.reopen()
        office.run()
        lease = timedelta(minutes=10) if how == "claimed on sqlite" else timedelta(0)
        with office.app.store.begin() as conn:
            now = office.clock.now
            assert outbox.claim(conn, "support", owner="dead", now=now, lease=lease, limit=9)
        office.smtp_port = port
    [row] = [row for row in office.outbox(kind) if row.state != "sent"]
    assert row.state == ("queued" if how == "reply lost" else "sending")
    office.clock.advance(minutes=11)


HOW = ("reply lost", "claimed")


@pytest.mark.parametrize("how", HOW)
def test_staff_are_not_told_again_of_what_was_answered(shaken: Office, how: str) -> None:
    """An escalation that may have been sent is not repeated once the customer is answered; its row
    stays, so that a reply to it is known for one."""
    shaken.receive(complaint())
    shaken.run_well()
    shaken.clock.advance(hours=9)
    may_have_been_sent(shaken, "escalation", how)
    shaken.receive(answer(), folder="Sent")
    shaken.reopen()
    shaken.run_well()

    assert shaken.sent_to(LEAD) == []
    assert [row.state for row in shaken.outbox("escalation")] == ["overtaken"]
    assert "notice_withdrawn" in shaken.events()


@pytest.mark.parametrize("how", HOW)
def test_an_answered_customer_is_not_told_to_wait(office: Office, how: str) -> None:
    """An acknowledgement that may have been sent is not repeated after the answer, and the ticket
    says why there was none."""
    office.receive(complaint())
    may_have_been_sent(office, "acknowledgement", how)
    office.receive(answer(), folder="Sent")
    office.reopen()
    office.run_well()

    assert office.sent_to(EMMA) == []
    assert office.ticket.state is TicketState.ANSWERED
    assert "answered_first" in office.ticket.suppressed_by


@pytest.mark.parametrize("answered", [1, 6])
def test_a_list_that_is_repeated_names_who_still_waits(office: Office, answered: int) -> None:
    """Under its own Message-ID; where nobody waits any more it is not repeated."""
    office.receive(*(complaint(f"c{n}@customer.test", subject=f"Matter {n}") for n in range(6)))
    office.run_well()
    office.clock.advance(hours=9)
    may_have_been_sent(office, "escalation_list", "reply lost")
    for n in range(answered):
        mail = answer(
            f"c{n}@customer.test",
            subject=f"Re: Matter {n}",
            in_reply_to=f"<c{n}-1@customer.test>",
            number=n,
        )
        office.receive(mail, folder="Sent")
    office.reopen()
    office.run_well()

    told = office.sent_to(LEAD)
    [row] = office.outbox("escalation_list")
    if answered == 6:
        assert (told, row.state) == ([], "overtaken")
        return
    [mail] = told
    assert (mail["Message-ID"], row.state) == (row.message_id, "sent")
    assert "5 unanswered" in mail["Subject"]
    assert "Matter 0" not in text_of(mail)


# --- what may have been done in the mailbox


def handed_out(office: Office) -> None:
    """Leave behind tasks that a process had in hand when it ended."""
    office.sink.deliver = lambda _: office.app.mailboxes["support"]._imap._client.shutdown()
    assert office.run().exit_status == 75
    office.sink.deliver = None
    with office.app.store.begin() as conn:
        assert mailbox_tasks.due(conn, "support", office.clock.now, limit=10)


def test_a_copy_that_was_filed_before_the_crash_is_the_only_one(shaken: Office) -> None:
    """Appended, and not written down: it is found in Sent."""
    shaken.receive(complaint())
    handed_out(shaken)
    [row] = shaken.outbox()
    with shaken.app.store.read() as conn:
        mail = outbox_view.whole(conn, [row.id])[row.id]
    shaken.imap().append("Sent", mail.content, flags=("\\Seen",))
    shaken.reopen()
    shaken.run_well()

    assert len(shaken.flags("Sent")) == 1


def test_a_flag_that_was_set_before_the_crash_is_set(office: Office) -> None:
    """Set, and not written down: it is set again, and nothing else is."""
    office.receive(letters.angry_english(), complaint())
    handed_out(office)
    office.mark(1, "\\Flagged", "$Angry")
    office.reopen()
    office.run_well()

    assert office.flags() == [{"\\Flagged", "$Angry"}, set()]


def test_a_frozen_process_files_no_copy_that_another_has_filed(office: Office) -> None:
    """It goes on with what it had in hand, and asks before each copy."""
    office.receive(complaint(), complaint("noah@customer.test"))
    frozen = office.open().mailboxes["support"]
    frozen._read(lambda: True, [])
    frozen._deliver([])
    folder = frozen._imap.sent_folder

    def thawed() -> str | None:
        frozen._imap.sent_folder = folder
        office.clock.advance(minutes=3)
        office.open()
        office.run_well()
        return folder()

    frozen._imap.sent_folder = thawed
    frozen._file([])

    assert len(office.flags("Sent")) == 2
