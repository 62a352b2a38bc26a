"""What staff say of a customer's anger: the ticket, its deadline, and the flags in the mailbox."""

from dataclasses import replace
from datetime import timedelta

import letters
import pytest
from offices import EMMA, LEAD, MONDAY, Office, answer, complaint

from mailresponder.errors import MailresponderError
from mailresponder.jobs import actions
from mailresponder.jobs.actions import Done
from mailresponder.policy.ticket import TicketState
from mailresponder.store import labels, mailbox_tasks, tickets

OURS = {"\\Flagged", "$Angry"}
HOUR = timedelta(hours=1)
AGAIN = "<oliver-1@customer.test>"


def judge(office: Office, *, angry: bool, by: str = "ana") -> Done:
    """As `angry REF` and `not-angry REF` do it."""
    return actions.judge(
        office.app.store,
        office.ticket.reference,
        angry=angry,
        config=office.app.config,
        now=office.clock.now,
        by=by,
    )


def labelled(office: Office) -> dict[str | None, tuple[bool, str]]:
    """What was said of each labelled message, and by whom, by its Message-ID."""
    with office.app.store.read() as conn:
        found = {m.message_id: labels.of_message(conn, m.id) for m in office.messages()}
    return {name: (label.angry, label.by) for name, label in found.items() if label is not None}


def furious(number: int, *, text: str = "", **headers: str) -> bytes:
    """A further furious mail of the same customer."""
    return letters.letter(
        sender="Oliver <oliver@customer.test>",
        subject="Re: Absolutely unacceptable",
        text=text or "You are still liars and thieves, this is outrageous!!!\n",
        message_id=f"<oliver-{number}@customer.test>",
        In_Reply_To=AGAIN,
        **headers,
    )


def cut_off_before_filing(office: Office) -> None:
    """An angry mail that is to be flagged and moved has been taken, and then the line broke."""
    office.imap().create_folder("Hot")
    office.open(anger='move_to = "Hot"')
    office.receive(letters.angry_english())
    runner = office.app.mailboxes["support"]
    office.sink.deliver = lambda _: runner._imap._client.shutdown()
    office.run()
    office.sink.deliver = None


@pytest.fixture
def angry(office: Office) -> Office:
    """A desk with one ticket, heard as angry and flagged."""
    office.receive(letters.angry_english())
    office.run_well()
    assert office.ticket.angry
    return office


@pytest.fixture
def calm(office: Office) -> Office:
    """A desk with one ticket, heard as calm."""
    office.receive(complaint())
    office.run_well()
    return office


def test_who_is_not_angry_has_the_ordinary_deadline(angry: Office) -> None:
    """It counts from the customer's mail; the story and the message say who judged."""
    angry.clock.advance(hours=1)

    done = judge(angry, angry=False)

    ticket = angry.ticket
    assert done.changed
    assert (ticket.angry, ticket.judged_by) == (False, "ana")
    assert ticket.due_at == ticket.next_escalation_at == MONDAY + 8 * HOUR
    assert labelled(angry) == {AGAIN: (False, "ana")}
    assert angry.events()[-1] == "judged_not_angry"


def test_who_is_angry_has_the_sooner_deadline_from_now(calm: Office) -> None:
    """Nobody could keep a deadline that nobody knew of, and none is put off by it."""
    calm.clock.advance(hours=1)
    judge(calm, angry=True)
    assert calm.ticket.due_at == calm.ticket.next_escalation_at == MONDAY + 3 * HOUR

    judge(calm, angry=False)
    calm.clock.advance(hours=6)
    judge(calm, angry=True)
    assert calm.ticket.due_at == MONDAY + 8 * HOUR


def test_the_same_said_twice_is_written_down_once(angry: Office) -> None:
    """What is so already changes neither ticket nor story; the contrary replaces the label."""
    judge(angry, angry=False)
    before, told = angry.ticket, angry.events()
    assert not judge(angry, angry=False, by="luis").changed
    assert (angry.ticket, angry.events()) == (before, told)

    assert judge(angry, angry=True, by="luis").changed
    assert labelled(angry) == {AGAIN: (True, "luis")}


def test_to_agree_with_what_was_heard_is_a_label_as_well(angry: Office) -> None:
    """`angry` on an angry ticket teaches, and leaves its deadline alone."""
    due = angry.ticket.due_at
    angry.clock.advance(minutes=30)
    assert judge(angry, angry=True).changed
    assert angry.ticket.due_at == due
    assert labelled(angry) == {AGAIN: (True, "ana")}


def test_a_deadline_missed_under_a_wrong_verdict_is_told_again_when_it_is_due(
    angry: Office,
) -> None:
    """Whoever was told of the sooner deadline hears of the ordinary one, and not before."""
    angry.clock.advance(hours=3)
    angry.run_well()
    assert len(angry.sent_to(LEAD)) == 1

    judge(angry, angry=False)
    angry.clock.advance(hours=4)
    angry.run_well()
    assert len(angry.sent_to(LEAD)) == 1
    angry.clock.advance(hours=1)
    angry.run_well()
    assert len(angry.sent_to(LEAD)) == 2


def test_the_angriest_unanswered_message_is_judged(office: Office) -> None:
    """What was answered before is not what the verdict rests on."""
    office.receive(letters.angry_english())
    office.run_well()
    office.clock.advance(hours=1)
    office.receive(answer("oliver@customer.test", in_reply_to=AGAIN), folder="Sent")
    office.run_well()
    office.clock.advance(hours=1)
    office.receive(
        furious(2, text="When does the replacement come?\n"),
        furious(3),
    )
    office.run_well()

    judge(office, angry=False)

    assert list(labelled(office)) == ["<oliver-3@customer.test>"]


def test_on_a_settled_ticket_the_angriest_of_all_is_judged(angry: Office) -> None:
    """A ticket that nobody waits on can be judged: it has no deadline to change."""
    angry.clock.advance(hours=1)
    angry.receive(furious(2, text="Thanks.\n"))
    angry.receive(answer("oliver@customer.test", in_reply_to=AGAIN), folder="Sent")
    angry.run_well()
    assert angry.ticket.state is TicketState.ANSWERED

    judge(angry, angry=False)

    assert list(labelled(angry)) == [AGAIN]
    assert (angry.ticket.angry, angry.ticket.due_at) == (False, None)


def test_what_staff_said_outlives_an_answer_to_another_mail(angry: Office) -> None:
    """Where an answer leaves judged messages unanswered they are as angry as staff said, those
    that were not looked at one by one included."""
    angry.receive(furious(2), furious(3, text="Liars! Thieves! This is outrageous!!!\n"))
    angry.run_well()
    judge(angry, angry=False)
    angry.clock.advance(minutes=30)
    angry.receive(
        answer("oliver@customer.test", in_reply_to=AGAIN), folder="Sent", at=MONDAY - HOUR
    )
    angry.run_well()

    assert angry.ticket.state is TicketState.OPEN
    assert (angry.ticket.angry, angry.ticket.judged_by) == (False, "ana")
    assert angry.ticket.due_at == MONDAY + 8 * HOUR


def test_a_new_angry_mail_makes_it_angry_again(angry: Office) -> None:
    """What staff said holds for what was written until then; now it is the new mail's turn."""
    judge(angry, angry=False)
    angry.clock.advance(hours=1)
    angry.receive(furious(2))
    angry.run_well()

    assert (angry.ticket.angry, angry.ticket.judged_by) == (True, None)
    assert angry.ticket.due_at == MONDAY + 3 * HOUR
    judge(angry, angry=False)
    assert labelled(angry) == {
        AGAIN: (False, "ana"),
        "<oliver-2@customer.test>": (False, "ana"),
    }


def test_a_calm_mail_does_not_undo_what_staff_said(calm: Office) -> None:
    """Who was judged to be angry stays so when they write again."""
    judge(calm, angry=True)
    calm.clock.advance(hours=1)
    calm.receive(complaint(number=2, In_Reply_To="<emma-1@customer.test>"))
    calm.run_well()
    assert (calm.ticket.angry, calm.ticket.judged_by) == (True, "ana")


def test_a_ticket_of_which_no_mail_is_left_cannot_be_judged(calm: Office) -> None:
    """There is nothing to say it of."""
    with calm.app.store.begin() as conn:
        bare = tickets.add_ticket(conn, replace(calm.ticket, id=0, reference="MR-22222"))
    with pytest.raises(MailresponderError, match="no message of a customer"):
        actions.judge(
            calm.app.store,
            bare.reference,
            angry=True,
            config=calm.app.config,
            now=calm.clock.now,
            by="ana",
        )


# --- in the mailbox


def test_our_flags_are_taken_away_and_no_others(angry: Office) -> None:
    """What staff have set on the mail beside ours stays, and so do their other mails' flags."""
    client = angry.imap()
    angry.receive(complaint())
    client.select_folder("INBOX")
    client.add_flags([1], ["\\Answered", "Urgent"])
    client.add_flags([2], ["\\Flagged", "$Angry"])
    judge(angry, angry=False)

    angry.run_well()

    assert angry.flags() == [{"\\Answered", "Urgent"}, OURS]


def test_a_flag_that_was_there_before_ours_stays(office: Office) -> None:
    r"""Who flagged the mail first keeps \Flagged: only the keyword is ours."""
    office.receive(letters.angry_english())
    client = office.imap()
    client.select_folder("INBOX")
    client.add_flags([1], ["\\Flagged"])
    office.run_well()
    assert office.flags() == [OURS]

    judge(office, angry=False)
    office.run_well()

    assert office.flags() == [{"\\Flagged"}]


def test_a_flag_set_by_hand_after_ours_was_taken_away_stays(angry: Office) -> None:
    """Once ours is gone, whatever flag is there is a person's."""
    judge(angry, angry=False)
    angry.run_well()
    client = angry.imap()
    client.select_folder("INBOX")
    client.add_flags([1], ["\\Flagged", "$Angry"])
    judge(angry, angry=True)
    angry.clock.advance(minutes=1)
    angry.run_well()

    judge(angry, angry=False)
    angry.run_well()

    assert angry.flags() == [OURS]


def test_flags_come_and_go_as_often_as_staff_say(calm: Office) -> None:
    """`angry` flags a mail that was heard as calm; each change of mind is carried out."""
    for _ in range(2):
        judge(calm, angry=True)
        calm.run_well()
        assert calm.flags() == [OURS]
        calm.clock.advance(minutes=1)
        judge(calm, angry=False)
        calm.run_well()
        assert calm.flags() == [set()]
        calm.clock.advance(minutes=1)


def test_flags_that_still_wait_are_not_set_at_all(office: Office) -> None:
    """Judged before filing came to it, a mail is neither flagged nor moved."""
    cut_off_before_filing(office)

    judge(office, angry=False)
    office.run_well()

    assert office.flags() == [set()]
    assert office.flags("Hot") == []


def test_moved_mail_loses_its_flags_where_it_lies(office: Office) -> None:
    """It is not moved back: staff know where they saw it."""
    office.imap().create_folder("Hot")
    office.open(anger='move_to = "Hot"')
    office.receive(letters.angry_english())
    office.clock.advance(minutes=1)
    office.run_well()
    assert office.flags("Hot") == [OURS]

    judge(office, angry=False)
    office.run_well()

    assert office.flags("Hot") == [set()]


def test_with_flagging_turned_off_nothing_is_flagged(office: Office) -> None:
    """`flag = false` holds for what staff say as well."""
    office.open(anger="flag = false")
    office.receive(complaint(EMMA))
    office.run_well()
    judge(office, angry=True)
    office.run_well()

    assert office.flags() == [set()]
    with office.app.store.read() as conn:
        assert mailbox_tasks.pending(conn) == []


def test_a_flag_of_an_attempt_that_was_cut_off_may_be_anybody_s(office: Office) -> None:
    r"""Where nobody knows who set \Flagged it stays; the keyword is ours."""
    office.receive(letters.angry_english())
    office.open()
    runner = office.app.mailboxes["support"]
    office.sink.deliver = lambda _: runner._imap._client.shutdown()
    office.run()
    office.sink.deliver = None
    # Handed out, and the process died after the server had the flags.
    with office.app.store.begin() as conn:
        assert len(mailbox_tasks.due(conn, "support", office.clock.now, limit=1)) == 1
    client = office.imap()
    client.select_folder("INBOX")
    client.add_flags([1], ["\\Flagged", "$Angry"])
    office.run_well()

    judge(office, angry=False)
    office.run_well()

    assert office.flags() == [{"\\Flagged"}]


def test_who_moves_a_mail_before_it_is_flagged_keeps_their_flags(office: Office) -> None:
    """Of a mail that was gone when its turn came, no flag is ours."""
    office.receive(letters.angry_english())
    office.open()
    runner = office.app.mailboxes["support"]
    office.sink.deliver = lambda _: runner._imap._client.shutdown()
    office.run()
    office.sink.deliver = None
    client = office.imap()
    client.select_folder("INBOX")
    client.delete_messages([1])
    client.expunge()
    office.run_well()

    judge(office, angry=False)

    with office.app.store.read() as conn:
        assert [task.kind for task in mailbox_tasks.pending(conn)] == []


def test_not_angry_takes_back_what_was_said_of_an_earlier_mail(angry: Office) -> None:
    """The later word holds for all mails it was about, whichever of them it is kept with."""
    judge(angry, angry=True, by="ana")
    angry.receive(furious(2, text="LIARS! You are thieves, this is outrageous, I hate you!!!\n"))
    angry.clock.advance(minutes=10)
    angry.run_well()

    judge(angry, angry=False, by="bob")

    assert set(labelled(angry).values()) == {(False, "bob")}
    assert not judge(angry, angry=False, by="bob").changed


def test_fury_that_nobody_had_read_is_not_called_calm(angry: Office) -> None:
    """A mail that lay unread when staff judged is judged by what it says."""
    angry.clock.advance(minutes=10)
    angry.receive(furious(2))
    angry.clock.advance(minutes=5)
    judge(angry, angry=False)
    angry.run_well()

    assert angry.ticket.angry
    assert angry.ticket.calm_until is not None
    assert angry.ticket.calm_until < angry.messages()[-1].at


def test_to_agree_does_not_keep_a_mail_from_being_moved(office: Office) -> None:
    """`angry` queues the flags anew and leaves the move that still waits alone."""
    cut_off_before_filing(office)

    judge(office, angry=True)
    office.run_well()

    assert office.flags("Hot") == [OURS]


def test_angry_after_not_angry_puts_back_what_that_took_away(angry: Office) -> None:
    """Two mails were called angry, a slip called both calm: one word puts both back, flags too."""
    judge(angry, angry=True)
    angry.clock.advance(minutes=1)
    angry.receive(furious(2, text="Shameless thieves, this is outrageous, disgusting fraud!!!\n"))
    angry.run_well()
    with angry.app.store.begin() as conn:
        for message in angry.messages():
            if message.direction == "in":
                said = labels.Label(message_row=message.id, angry=True, by="ana", at=MONDAY)
                labels.put(conn, said)
    angry.clock.advance(minutes=1)
    judge(angry, angry=False)
    angry.run_well()
    assert {verdict for verdict, _ in labelled(angry).values()} == {False}

    angry.clock.advance(minutes=1)
    judge(angry, angry=True)
    angry.run_well()

    assert [verdict for verdict, _ in labelled(angry).values()] == [True, True]
    assert all(flags >= OURS for flags in angry.flags())
