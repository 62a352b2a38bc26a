"""What each mail is to the desk: every decision, and whom we believe."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from making import (
    ALIAS,
    ANA,
    BORDER,
    JANE,
    LEAD,
    NOON,
    SALES,
    SUPPORT,
    a_desk,
    a_message,
    a_ticket,
    proven,
)

from mailresponder.mail.automatic import Kind
from mailresponder.mail.message import Address, InboundMessage, Report, ReportKind
from mailresponder.policy import triage
from mailresponder.policy.deadlines import Step
from mailresponder.policy.decisions import (
    Decision,
    DeliveryFailure,
    FollowUp,
    FoundBy,
    OpenTicket,
    Record,
    Relay,
    ReturnToStaff,
    StaffAnswer,
)
from mailresponder.policy.desk import Staff
from mailresponder.policy.facts import Facts, Outcome, ReportedMail, SentCounts
from mailresponder.policy.identifiers import Signer
from mailresponder.policy.refusals import Refusal
from mailresponder.policy.ticket import Ticket, TicketState

SIGNER = Signer(b"k" * 32)
OURS = SIGNER.message_id(reference="MR-7F3K2", domain="example.com", nonce=b"0123456789")
FORGED = Signer(b"?" * 32).message_id(
    reference="MR-7F3K2", domain="example.com", nonce=b"0123456789"
)
DESK = a_desk()
TICKET = a_ticket()
JANES = a_ticket(JANE)
"""A ticket whose customer is an employee."""
OTHER = a_ticket("bob@customer.test", id=8, reference="MR-9ABCD")
NOTHING = Facts()


def decide(mail: InboundMessage, facts: Facts = NOTHING, **changes: Any) -> Decision:
    return triage.decide(mail, facts, replace(DESK, **changes), SIGNER)


def decide_sent(mail: InboundMessage, facts: Facts = NOTHING) -> Decision:
    return triage.decide_sent(mail, facts, DESK, SIGNER)


def recorded(
    *reasons: str,
    kind: Kind = Kind.HUMAN,
    outcome: Outcome = Outcome.RECORDED,
    about: Any = None,
) -> Record:
    return Record(kind=kind, outcome=outcome, reasons=reasons, ticket=about)


def opens(customer: str, *suppressed_by: str, kind: Kind = Kind.HUMAN) -> OpenTicket:
    return OpenTicket(kind=kind, customer=Address(email=customer), suppressed_by=suppressed_by)


def follows(about: Any, *suppressed_by: str, by: FoundBy = FoundBy.THREAD) -> FollowUp:
    return FollowUp(kind=Kind.HUMAN, ticket=about, found_by=by, suppressed_by=suppressed_by)


UNPROVEN = recorded("unproven_staff", outcome=Outcome.UNPROVEN, about=TICKET)
SEEN = recorded("seen_before", outcome=Outcome.DUPLICATE)


# Whom an answer goes to, and what the past is asked.


def test_questions_ask_for_the_thread_nearest_first() -> None:
    """In-Reply-To comes first, then References from the last to the first, each once."""
    mail = a_message(
        subject="Re: [MR-7F3K2] Where is my order?",
        in_reply_to=("<3@x.test>",),
        references=("<1@x.test>", "<2@x.test>", "<3@x.test>"),
        report=Report(kind=ReportKind.FAILED, original_ids=(OURS,)),
    )

    asked = triage.questions(mail, DESK, now=NOON)

    assert asked.message_ids == ("<3@x.test>", "<2@x.test>", "<1@x.test>")
    assert asked.references == ("MR-7F3K2",)
    assert asked.subject_key == "where is my order?"
    assert asked.correspondent == Address(email=ANA)
    assert asked.reported_ids[0] == OURS


def test_questions_bound_a_long_thread() -> None:
    """Of a References header with thousands of entries, the nearest are asked for."""
    mail = a_message(references=tuple(f"<{n}@x.test>" for n in range(5_000)))

    asked = triage.questions(mail, DESK, now=NOON)

    assert asked.message_ids[0] == "<4999@x.test>"
    assert len(asked.message_ids) == 60


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"received_at": NOON.replace(hour=13)}, True),
        ({"message_id": "<another@customer.test>"}, False),
        ({"message_id": None}, False),
        ({"digest": "1" * 64}, False),
    ],
)
def test_two_copies_share_a_key(change: dict[str, Any], same: bool) -> None:
    """A copy has the Message-ID and the content of the first; one of them alone is no copy."""
    first = triage.questions(a_message(), DESK, now=NOON)
    second = triage.questions(a_message(**change), DESK, now=NOON)

    assert (first.dedup_key == second.dedup_key) == same


# Customers.


def test_person_opens_a_ticket() -> None:
    """A person's mail that belongs to nothing is a ticket, acknowledged."""
    assert decide(a_message()) == opens(ANA)


def test_suppressed_person_opens_a_ticket_all_the_same() -> None:
    """Who may not be acknowledged is a customer still."""
    spam = a_message(headers={"X-Spam-Flag": "YES"})

    assert decide(spam, Facts(sent=SentCounts(last_hour=10))) == opens(
        ANA, "marked_as_spam", "hourly_cap"
    )


def test_unreadable_mail_opens_a_ticket() -> None:
    """A mail without a sender or a body waits for a person's eyes."""
    mail = a_message(None, text="", unreadable=True)

    assert decide(mail) == opens("", "no_correspondent", kind=Kind.UNREADABLE)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Facts(thread=TICKET), FoundBy.THREAD),
        (Facts(named=(TICKET,)), FoundBy.SUBJECT),
        (Facts(named=(OTHER, TICKET)), FoundBy.SUBJECT),
        (Facts(quoted=(OTHER, TICKET)), FoundBy.QUOTE),
        (Facts(same_matter=TICKET), FoundBy.SAME_MATTER),
        (Facts(thread=TICKET, named=(OTHER,), same_matter=OTHER), FoundBy.THREAD),
        (Facts(named=(TICKET,), quoted=(OTHER,), same_matter=OTHER), FoundBy.SUBJECT),
        (Facts(quoted=(TICKET,), same_matter=OTHER), FoundBy.QUOTE),
    ],
)
def test_customer_writes_again(facts: Facts, expected: FoundBy) -> None:
    """The thread decides first, then a reference of a ticket they take part in, then the same
    unanswered matter."""
    assert decide(a_message(), facts) == follows(TICKET, by=expected)


def test_stranger_does_not_join_by_the_reference_alone() -> None:
    """A reference is no key: who takes no part in the ticket opens one of their own."""
    stranger = a_message("eve@elsewhere.test", subject="Re: [MR-7F3K2] Where is my order?")

    assert decide(stranger, Facts(named=(TICKET,))) == opens("eve@elsewhere.test")
    assert decide(stranger, Facts(quoted=(TICKET,))) == opens("eve@elsewhere.test")


def test_customers_of_one_form_do_not_meet() -> None:
    """Behind the From of a web form stand all its customers: none of them writes into another's
    ticket by its reference."""
    shared = a_ticket(others=("forms@elsewhere.test",))
    mail = a_message("forms@elsewhere.test", reply_to=("eve@stranger.test",))

    assert decide(mail, Facts(named=(shared,))) == opens("eve@stranger.test")


@pytest.mark.parametrize("author", ["ben@customer.test", "forms@elsewhere.test"])
def test_participant_joins_by_the_reference(author: str) -> None:
    """Who was copied in takes part; so does one who names a participant in Reply-To."""
    shared = a_ticket(others=("ben@customer.test",))
    mail = a_message(author, reply_to=("ben@customer.test",))

    assert decide(mail, Facts(named=(shared,))) == follows(shared, by=FoundBy.SUBJECT)


def test_follow_up_says_why_nobody_is_told() -> None:
    """The reasons against a notice go with a follow-up."""
    mail = a_message(headers={"Return-Path": "<>"})

    assert decide(mail, Facts(thread=TICKET)) == follows(TICKET, "null_return_path")


def test_closed_ticket_is_joined_by_its_thread() -> None:
    """Whether the ticket reopens is for its life to say."""
    done = a_ticket(state=TicketState.CLOSED, due_at=None, waiting_since=None)

    assert decide(a_message(), Facts(thread=done)) == follows(done)


SETTLED = a_ticket(state=TicketState.ANSWERED, due_at=None, waiting_since=None)


@pytest.mark.parametrize("state", [TicketState.ANSWERED, TicketState.CLOSED])
@pytest.mark.parametrize("subject", ["Invoice 88 is wrong", "Re: Factura equivocada"])
def test_new_matter_in_an_old_thread_is_a_ticket_of_its_own(
    state: TicketState, subject: str
) -> None:
    """A settled ticket's thread with another subject altogether opens a linked ticket."""
    old = replace(SETTLED, state=state)

    decision = decide(a_message(subject=subject), Facts(thread=old))

    assert decision == replace(opens(ANA), linked_to=old)


@pytest.mark.parametrize(
    ("old", "mail"),
    [
        (TICKET, a_message(subject="Invoice 88 is wrong")),
        (SETTLED, a_message(subject="RE: Where is my order?")),
        (SETTLED, a_message(subject="My order arrived broken")),
        (SETTLED, a_message(subject="Invoice 88 [MR-7F3K2]")),
        (SETTLED, a_message(subject="")),
        (SETTLED, a_message(subject="Great", text="Thanks!")),
        (SETTLED, a_message(subject="Perfecto", text="Muchas gracias")),
        (replace(SETTLED, subject_key=""), a_message(subject="Invoice 88")),
    ],
    ids=[
        "waiting",
        "same",
        "alike",
        "reference",
        "none",
        "thanks",
        "gracias",
        "nothing to compare",
    ],
)
def test_same_matter_stays_in_its_thread(old: Any, mail: InboundMessage) -> None:
    """While the customer waits, or where nothing tells the subjects apart, the thread holds."""
    assert decide(mail, Facts(thread=old)) == follows(old)


DAY = timedelta(days=1)
KNOWN = Facts(thread=SETTLED)
QUESTIONED = replace(KNOWN, answers_question=True)
CLOSED = replace(SETTLED, state=TicketState.CLOSED, opened_at=NOON - 200 * DAY)


@pytest.mark.parametrize("subject", ["Re: Where is my order?", "Invoice 88 [MR-7F3K2]"])
def test_what_comes_long_after_a_ticket_was_closed_begins_anew(subject: str) -> None:
    """Who takes an old mail to write to us gets a ticket and a receipt, linked to the old one."""
    decision = decide(a_message(subject=subject), Facts(thread=CLOSED, named=(CLOSED,)))

    assert decision == replace(opens(ANA), linked_to=CLOSED)


@pytest.mark.parametrize(
    ("old", "mail"),
    [
        (replace(CLOSED, answered_at=NOON - 90 * DAY), a_message()),
        (replace(CLOSED, state=TicketState.ANSWERED), a_message()),
        (CLOSED, a_message(text="Thanks!", subject="Re: Where is my order?")),
    ],
    ids=["not so long", "not closed", "thanks"],
)
def test_what_is_not_closed_for_long_goes_on(old: Ticket, mail: InboundMessage) -> None:
    """Until then it is the same matter; and thanks raise nothing, however late."""
    assert decide(mail, Facts(thread=old)) == follows(old)


@pytest.mark.parametrize("asked", [True, False])
def test_reply_to_our_question_is_known_as_one(asked: bool) -> None:
    """Where the nearest mail it answers is the question whether it is solved."""
    decision = decide(a_message(subject="Re: Where is my order?"), QUESTIONED if asked else KNOWN)
    assert decision == replace(follows(SETTLED), answers_question=asked)


def test_question_may_be_answered_however_late() -> None:
    """The reply to it belongs to the ticket, also where that was closed long ago."""
    mail = a_message(subject="Re: Where is my order?", text="Yes.")

    decision = decide(mail, Facts(thread=CLOSED, answers_question=True))

    assert decision == replace(follows(CLOSED), answers_question=True)


def test_a_reference_in_a_quote_is_searched_for_within_limits() -> None:
    """References in the text are asked for, each once, from as much text as anybody writes."""
    text = "It is about MR-22222:\n> [MR-7F3K2] MR-9ABCD mr-7f3k2 MR-22222\n"
    far = "x" * 60_000 + " MR-7F3K2"

    asked = triage.questions(a_message(text=text), DESK, now=NOON)
    assert asked.quoted == ("MR-22222", "MR-7F3K2", "MR-9ABCD")
    assert triage.questions(a_message(text=far), DESK, now=NOON).quoted == ()


# What we have and what we sent.


@pytest.mark.parametrize("seen", list(Outcome))
def test_second_copy_in_the_inbox_changes_nothing(seen: Outcome) -> None:
    """Whatever became of the first copy, the second one is only a copy."""
    assert decide(a_message(), Facts(seen=seen, thread=TICKET)) == SEEN


@pytest.mark.parametrize("own", [SUPPORT, ALIAS, SALES, "SUPPORT@example.com"])
def test_own_address_is_nobodys_customer(own: str) -> None:
    """A mail in our own name, from any mailbox of the desk, is ours and nobody's ticket."""
    assert decide(a_message(own)) == recorded("own_address", kind=Kind.OWN)


def test_own_message_comes_back() -> None:
    """Our own acknowledgement, forwarded back to us, is known by its Message-ID."""
    back = a_message(SUPPORT, message_id=OURS, reply_to=(ANA,))

    assert decide(back, Facts(thread=TICKET)) == recorded("own_message", kind=Kind.OWN)


def test_foreign_mail_with_our_message_id_is_heard() -> None:
    """A customer who copies a Message-ID of ours is heard all the same."""
    assert decide(a_message(message_id=OURS)) == opens(ANA)


@pytest.mark.parametrize("sender", [SUPPORT, "web@example.com", "no-reply@forms.test"])
@pytest.mark.parametrize("headers", [{}, proven()])
def test_web_form_opens_its_customers_ticket(sender: str, headers: dict[str, str]) -> None:
    """A form writes in our name, in our domain's or as no-reply; its customer is in Reply-To."""
    assert decide(a_message(sender, reply_to=(ANA,), headers=headers)) == opens(ANA)


def test_web_form_without_customer_is_our_own_mail() -> None:
    """A Reply-To that nobody reads makes no customer."""
    form = a_message(SUPPORT, reply_to=("no-reply@forms.test",))

    assert decide(form) == recorded("own_address", kind=Kind.OWN)


@pytest.mark.parametrize(
    ("facts", "by"),
    [
        (Facts(same_matter=TICKET), FoundBy.SAME_MATTER),
        (Facts(named=(TICKET,)), FoundBy.SUBJECT),
    ],
)
@pytest.mark.parametrize("headers", [{}, proven()])
def test_second_form_of_a_customer_joins_the_first(
    facts: Facts, by: FoundBy, headers: dict[str, str]
) -> None:
    """A form in our domain writes for its customer: it is neither forged staff nor returned."""
    form = a_message("web@example.com", reply_to=(ANA,), headers=headers)

    assert decide(form, facts) == follows(TICKET, by=by)


def test_web_form_may_copy_in_its_customer() -> None:
    """A form that sends its customer a copy is not staff mail to the outside."""
    form = a_message("web@example.com", cc=(ANA,), reply_to=(ANA,), headers=proven())

    assert decide(form) == opens(ANA)


# Machines.


@pytest.mark.parametrize(
    ("mail", "kind", "reasons"),
    [
        (
            a_message(headers={"Auto-Submitted": "auto-replied"}),
            Kind.AUTO_REPLY,
            ("auto_submitted",),
        ),
        (a_message(headers={"List-Id": "<news.list.test>"}), Kind.LIST, ("list_header",)),
        (a_message("no-reply@shop.test"), Kind.BULK, ("no_reply_sender",)),
        (a_message("mailer-daemon@relay.test"), Kind.BOUNCE, ("mailer_daemon",)),
    ],
    ids=lambda value: value.value if isinstance(value, Kind) else "",
)
def test_machine_is_recorded_with_its_ticket(
    mail: InboundMessage, kind: Kind, reasons: tuple[str, ...]
) -> None:
    """A machine's mail opens nothing and joins nothing; it is linked where that is known."""
    assert decide(mail) == recorded(*reasons, kind=kind)
    assert decide(mail, Facts(thread=TICKET)) == recorded(*reasons, kind=kind, about=TICKET)
    assert decide(mail, Facts(escalated=TICKET)) == recorded(*reasons, kind=kind, about=TICKET)
    assert decide(mail, Facts(same_matter=TICKET)) == recorded(*reasons, kind=kind)


def a_bounce(*recipients: str, kind: ReportKind = ReportKind.FAILED) -> InboundMessage:
    report = Report(kind=kind, recipients=recipients, status="5.1.1")
    return a_message("mailer-daemon@relay.test", report=report)


BOUNCED = ("delivery_failed", "mailer_daemon")
LOST = DeliveryFailure(ticket=TICKET, reasons=BOUNCED, status="5.1.1")


@pytest.mark.parametrize(
    ("reported", "recipients", "expected"),
    [
        (ReportedMail(ticket=TICKET, recipient=ANA), (), LOST),
        (ReportedMail(ticket=TICKET, recipient=ANA), ("forwarded@elsewhere.test",), LOST),
        (ReportedMail(ticket=TICKET), (ANA,), LOST),
        (ReportedMail(ticket=TICKET), ("forwarded@elsewhere.test", ANA), LOST),
        (ReportedMail(ticket=TICKET), (), LOST),
        (
            ReportedMail(ticket=TICKET),
            ("boss@customer.test",),
            recorded(*BOUNCED, kind=Kind.BOUNCE, about=TICKET),
        ),
        (
            ReportedMail(ticket=TICKET, recipient=LEAD, is_notice=True),
            (LEAD,),
            replace(LOST, staff=LEAD),
        ),
        (
            ReportedMail(ticket=None, recipient=LEAD, is_notice=True),
            (LEAD,),
            replace(LOST, ticket=None, staff=LEAD),
        ),
    ],
)
def test_bounce_says_who_cannot_be_reached(
    reported: ReportedMail, recipients: tuple[str, ...], expected: Decision
) -> None:
    """What came back tells whether it is the customer, staff, or only somebody in copy; the
    bounce's own thread does not count."""
    assert decide(a_bounce(*recipients), Facts(reported=reported, thread=OTHER)) == expected


def test_delay_is_no_failure() -> None:
    """A mail that is still on its way is recorded with its ticket, and that is all."""
    mail = a_bounce(kind=ReportKind.DELAYED)

    decision = decide(mail, Facts(reported=ReportedMail(ticket=TICKET, recipient=ANA)))

    assert decision == recorded("delivery_delayed", "mailer_daemon", kind=Kind.DELAY, about=TICKET)


def test_bounce_that_only_answers_what_it_returns_is_understood() -> None:
    """Where a report does not name the mail, its In-Reply-To is asked for."""
    mail = replace(a_bounce(), in_reply_to=(OURS, "<older@example.com>"))
    named = replace(mail, report=Report(kind=ReportKind.FAILED, original_ids=("<a@x>", "<b@x>")))

    assert triage.questions(mail, DESK, now=NOON).reported_ids == (OURS,)
    assert triage.questions(named, DESK, now=NOON).reported_ids == ("<a@x>", "<b@x>", OURS)
    assert triage.questions(replace(mail, report=None), DESK, now=NOON).reported_ids == ()


def test_own_list_is_read_as_a_persons_mail() -> None:
    """Customers behind a list that feeds us are persons."""
    mail = a_message(to=("all@example.com",), headers={"List-Id": "<all.example.com>"})

    assert decide(mail, own_lists=frozenset({"all.example.com"})) == opens(ANA)


# Staff in INBOX.


@pytest.mark.parametrize("facts", [Facts(thread=TICKET), Facts(named=(TICKET,))])
def test_authenticated_staff_answer_the_customer(facts: Facts) -> None:
    """Staff whose From is proven answer by writing to the customer with us in copy."""
    answer = a_message(JANE, to=(ANA,), cc=(SUPPORT,), headers=proven())

    assert decide(answer, facts) == StaffAnswer(ticket=TICKET, proof="authenticated")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authentication-Results": "evil.test; dmarc=pass header.from=example.com"},
        {"Authentication-Results": f"{BORDER}; dmarc=fail header.from=example.com"},
        {"Authentication-Results": f"{BORDER}; spf=pass smtp.mailfrom=evil.test"},
    ],
)
@pytest.mark.parametrize("facts", [Facts(thread=TICKET), Facts(named=(TICKET,))])
def test_forged_staff_stop_no_clock(headers: dict[str, str], facts: Facts) -> None:
    """A staff address alone proves nothing: such a mail is reported and changes no ticket."""
    forged = a_message(JANE, to=(ANA,), cc=(SUPPORT,), headers=headers)

    assert decide(forged, facts) == UNPROVEN


def test_forged_message_id_is_no_proof() -> None:
    """A Message-ID that looks like ours proves nobody to be staff."""
    forged = a_message(JANE, to=(ANA,), message_id=FORGED, in_reply_to=(OURS,))

    assert decide(forged, Facts(thread=TICKET)) == UNPROVEN


def test_nobody_is_believed_where_no_border_is_trusted() -> None:
    """Without a trusted authserv-id, staff in INBOX are unproven."""
    answer = a_message(JANE, to=(ANA,), headers=proven())
    distrusting = Staff(patterns=("*@example.com",))

    assert decide(answer, Facts(thread=TICKET), staff=distrusting) == UNPROVEN


def test_outsider_with_authentication_is_no_staff() -> None:
    """DMARC proves who wrote, not that they work here."""
    mail = a_message("eve@elsewhere.test", to=(ANA, SUPPORT), headers=proven("elsewhere.test"))

    assert decide(mail, Facts(thread=TICKET)) == follows(TICKET)


@pytest.mark.parametrize(
    ("headers", "proof"), [({}, "escalation_token"), (proven(), "authenticated")]
)
def test_staff_reply_to_an_escalation_is_the_customers(headers: dict[str, str], proof: str) -> None:
    """The token of an escalation proves staff; their reply to us is to be passed on."""
    reply = a_message(LEAD, headers=headers)

    assert decide(reply, Facts(escalated=TICKET, escalated_to=LEAD)) == Relay(
        ticket=TICKET, by=Address(email=LEAD), proof=proof
    )


def test_colleague_of_whom_an_escalation_told_gets_their_reply_back() -> None:
    """To return a reply takes less proof than to believe it."""
    reply = a_message(JANE)

    assert decide(reply, Facts(escalated=TICKET, escalated_to=LEAD)) == ReturnToStaff(
        ticket=TICKET,
        to=Address(email=JANE),
        proof="reply_to_an_escalation",
        reason=Refusal.NOT_PROVEN,
    )


def test_token_in_other_hands_proves_nothing() -> None:
    """The customer knows the token once somebody has answered them from the escalation."""
    forged = a_message(JANE, to=(ANA, SUPPORT))

    assert decide(forged, Facts(escalated=TICKET, escalated_to=LEAD)) == UNPROVEN


def test_staff_reply_to_an_escalation_with_the_customer_answers() -> None:
    """Who adds the customer to their reply has answered."""
    reply = a_message(LEAD, to=(SUPPORT,), cc=(ANA,))

    assert decide(reply, Facts(escalated=TICKET, escalated_to=LEAD)) == StaffAnswer(
        ticket=TICKET, proof="escalation_token"
    )


def test_outsider_whom_an_escalation_was_forwarded_to_opens_their_own_ticket() -> None:
    """Who answers a notice meant for staff gets into no ticket they do not take part in."""
    reply = a_message("outsider@elsewhere.test")

    decision = decide(reply, Facts(escalated=TICKET, thread=TICKET))

    assert decision == opens("outsider@elsewhere.test")


def test_staff_reply_to_a_notice_about_no_one_ticket_is_returned() -> None:
    """Who answers a list of tickets is no customer, and is told that nobody got it."""
    reply = a_message(LEAD, in_reply_to=(OURS,))

    assert decide(reply, Facts()) == ReturnToStaff(
        ticket=None, to=Address(email=LEAD), proof="reply_to_a_desk_notice"
    )


def test_staff_reply_to_a_list_that_reaches_a_customer_answers_that_one() -> None:
    """Of a list of tickets, the one whose customer is among the recipients is meant."""
    reply = a_message(LEAD, to=("bob@customer.test", SUPPORT), in_reply_to=(OURS,))
    facts = Facts(of_recipients=(OTHER,))

    assert decide(reply, facts) == recorded("unproven_staff", outcome=Outcome.UNPROVEN, about=OTHER)
    vouched = a_message(
        LEAD, to=("bob@customer.test", SUPPORT), in_reply_to=(OURS,), headers=proven()
    )
    assert decide(vouched, facts) == StaffAnswer(ticket=OTHER, proof="authenticated")


@pytest.mark.parametrize(
    ("subject", "answers"), [("RE: Late order", True), ("Something else", False)]
)
def test_threadless_answer_in_sent_is_known_by_recipient_and_subject(
    subject: str, answers: bool
) -> None:
    """Outlook may drop the thread: one open ticket with that customer and subject is meant."""
    mine = a_ticket(subject="Late order", subject_key="late order")
    mail = a_message(SUPPORT, to=(ANA,), subject=subject)

    decision = decide_sent(mail, Facts(of_recipients=(mine,)))

    expected = StaffAnswer(ticket=mine, proof="sent_folder")
    assert (decision == expected) is answers


def test_answer_on_behalf_of_the_shared_address_counts_where_our_server_vouches() -> None:
    """Exchange writes From the shared address; unproven it is nobody's."""
    mail = a_message(SUPPORT, to=(ANA,), cc=(SUPPORT,), headers=proven())

    assert decide(mail, Facts(thread=TICKET)) == StaffAnswer(ticket=TICKET, proof="authenticated")
    forged = a_message(SUPPORT, to=(ANA,), cc=(SUPPORT,))
    assert decide(forged, Facts(thread=TICKET)) == recorded("own_address", kind=Kind.OWN)


def test_whom_the_ladder_tells_is_staff() -> None:
    """Who gets escalations at an address outside the staff's patterns is no customer."""
    boss = "boss@elsewhere.test"
    ladder = (Step(after=timedelta(), to=(boss,)),)
    reply = a_message(boss)

    decision = decide(reply, Facts(escalated=TICKET, escalated_to=boss), ladder=ladder)

    assert decision == Relay(ticket=TICKET, by=Address(email=boss), proof="escalation_token")


def test_token_is_for_its_own_ticket() -> None:
    """A token proves nothing about another ticket, even one the same mail belongs to."""
    reply = a_message(LEAD, to=("bob@customer.test", SUPPORT))

    facts = Facts(escalated=TICKET, escalated_to=LEAD, thread=OTHER, named=(OTHER,))

    decision = decide(reply, facts)

    assert decision == Relay(ticket=TICKET, by=Address(email=LEAD), proof="escalation_token")


def test_authenticated_staff_who_reach_nobody_are_told() -> None:
    """A reply to us alone is returned, whatever proves it."""
    reply = a_message(JANE, headers=proven())

    assert decide(reply, Facts(thread=TICKET)) == ReturnToStaff(
        ticket=TICKET, to=Address(email=JANE), proof="authenticated"
    )


@pytest.mark.parametrize("cc", [(), (SUPPORT,)])
def test_staff_among_themselves_change_nothing(cc: tuple[str, ...]) -> None:
    """Staff who discuss a ticket with us in copy have not answered."""
    mail = a_message(JANE, to=(LEAD,), cc=cc, headers=proven())

    assert decide(mail, Facts(thread=TICKET)) == recorded("staff_among_themselves", about=TICKET)


@pytest.mark.parametrize("facts", [Facts(thread=TICKET), Facts(escalated=TICKET)])
@pytest.mark.parametrize(
    "machine",
    [
        a_message(LEAD, to=(ANA, SUPPORT), headers={**proven(), "Auto-Submitted": "auto-replied"}),
        a_message(
            LEAD,
            to=(ANA, SUPPORT),
            headers=proven(),
            subject="Automatic reply: escalation",
            in_reply_to=("<any@example.com>",),
        ),
    ],
)
def test_staff_auto_reply_is_no_answer(machine: InboundMessage, facts: Facts) -> None:
    """A colleague's out-of-office neither answers nor is returned to anybody."""
    decision = decide(machine, facts)

    assert isinstance(decision, Record)
    assert (decision.kind, decision.ticket) == (Kind.AUTO_REPLY, TICKET)


def test_staff_mail_to_a_customer_without_ticket_is_recorded() -> None:
    """A proven mail to the outside with us in copy is no complaint of its writer."""
    mail = a_message(JANE, to=("new@customer.test",), cc=(SUPPORT,), headers=proven())

    assert decide(mail) == recorded("staff_mail_without_ticket")


@pytest.mark.parametrize(
    ("to", "headers"),
    [((SUPPORT,), proven()), ((SUPPORT,), {}), ((SUPPORT, "new@customer.test"), {})],
)
def test_employee_is_a_customer_outside_any_thread(
    to: tuple[str, ...], headers: dict[str, str]
) -> None:
    """Employees are customers too; nobody can pass for staff to be ignored."""
    assert decide(a_message(JANE, to=to, headers=headers)) == opens(JANE)


@pytest.mark.parametrize(
    "facts", [Facts(thread=JANES), Facts(named=(JANES,)), Facts(same_matter=JANES)]
)
@pytest.mark.parametrize("headers", [{}, proven()])
def test_employee_follows_up_their_own_ticket(facts: Facts, headers: dict[str, str]) -> None:
    """In a ticket of their own an employee is the customer, proven or not."""
    decision = decide(a_message(JANE, headers=headers), facts)

    assert isinstance(decision, FollowUp)
    assert decision.ticket == JANES


def test_colleague_answers_an_employee() -> None:
    """Another employee can answer the employee's ticket."""
    answer = a_message(LEAD, to=(JANE, SUPPORT), headers=proven())

    assert decide(answer, Facts(thread=JANES)) == StaffAnswer(ticket=JANES, proof="authenticated")


@pytest.mark.parametrize("to", [(SUPPORT,), (SUPPORT, ANA)])
def test_outsider_who_replies_to_a_forwarded_escalation_is_a_customer(to: tuple[str, ...]) -> None:
    """The token is worth nothing in an outsider's hands, and the ticket is not theirs."""
    outsider = a_message("agency@elsewhere.test", to=to)

    assert decide(outsider, Facts(escalated=TICKET, named=(TICKET,))) == opens(
        "agency@elsewhere.test"
    )


def test_customer_with_the_token_is_a_customer() -> None:
    """A customer who was sent an escalation by mistake writes as the customer."""
    mail = a_message(ANA, to=(SUPPORT, ANA))

    assert decide(mail, Facts(escalated=TICKET, thread=TICKET)) == follows(TICKET)


# The Sent folder.

SENT = a_message(SUPPORT, to=(ANA,), subject="Re: Where is my order?")


@pytest.mark.parametrize(
    "facts", [Facts(thread=TICKET), Facts(escalated=TICKET), Facts(named=(TICKET,))]
)
@pytest.mark.parametrize("sender", [SUPPORT, JANE, "jane.private@home.test"])
def test_answer_in_sent_counts(sender: str, facts: Facts) -> None:
    """Whoever can write into Sent is staff, if the customer is among the recipients."""
    answer = a_message(sender, to=(ANA,))

    assert decide_sent(answer, facts) == StaffAnswer(ticket=TICKET, proof="sent_folder")


@pytest.mark.parametrize(
    "answer",
    [
        a_message(SUPPORT, to=("Ana@Customer.test",)),
        a_message(SUPPORT, to=("x@y.test",), cc=(ANA,)),
        a_message(SUPPORT, to=(), bcc=(Address(email=ANA),)),
    ],
)
def test_customer_may_be_any_recipient(answer: InboundMessage) -> None:
    """An answer in Cc or Bcc is an answer, and case does not matter."""
    assert isinstance(decide_sent(answer, Facts(thread=TICKET)), StaffAnswer)


def test_answer_belongs_to_the_ticket_whose_customer_it_reaches() -> None:
    """A reply in one thread that is addressed to another ticket's customer answers that one."""
    facts = Facts(thread=OTHER, named=(TICKET,))

    assert decide_sent(SENT, facts) == StaffAnswer(ticket=TICKET, proof="sent_folder")


def test_sent_mail_that_misses_the_customer_is_recorded() -> None:
    """Mail about a ticket to anybody else stops no clock."""
    forwarded = a_message(SUPPORT, to=("supplier@elsewhere.test",))

    assert decide_sent(forwarded, Facts(thread=TICKET)) == recorded(
        "not_to_the_customer", about=TICKET
    )


def test_participant_in_copy_is_not_the_customer() -> None:
    """An answer to somebody who was only copied in has not reached the customer."""
    shared = a_ticket(others=("ben@customer.test",))
    answer = a_message(SUPPORT, to=("ben@customer.test",))

    assert decide_sent(answer, Facts(thread=shared)) == recorded(
        "not_to_the_customer", about=shared
    )


def test_sent_mail_without_ticket_is_recorded() -> None:
    """Staff may write mail that has nothing to do with us."""
    assert decide_sent(SENT) == recorded("no_ticket")


@pytest.mark.parametrize("facts", [Facts(thread=TICKET), Facts(thread=TICKET, seen=Outcome.OPENED)])
def test_own_mail_in_sent_is_no_answer(facts: Facts) -> None:
    """The copy of our acknowledgement in Sent does not stop the clock."""
    copy = a_message(SUPPORT, to=(ANA,), message_id=OURS)

    assert decide_sent(copy, facts) == recorded("own_message", kind=Kind.OWN)


def test_mail_that_a_provider_renamed_is_our_own() -> None:
    """Our sealed header tells what the Message-ID was, in Sent; a forged one tells nothing."""
    renamed = a_message(SUPPORT, to=(ANA,), headers={"X-Mailresponder-ID": OURS})
    forged = a_message(SUPPORT, to=(ANA,), headers={"X-Mailresponder-ID": FORGED})

    assert decide_sent(renamed, Facts(thread=TICKET)) == replace(
        recorded("own_message", kind=Kind.OWN), renamed_from=OURS
    )
    assert isinstance(decide_sent(forged, Facts(thread=TICKET)), StaffAnswer)


def test_message_id_of_another_desk_is_no_own_mail() -> None:
    """Only our key makes a mail ours: an answer with a strange Message-ID counts."""
    answer = replace(SENT, message_id=FORGED)

    assert isinstance(decide_sent(answer, Facts(thread=TICKET)), StaffAnswer)


@pytest.mark.parametrize(
    "machine",
    [
        a_message(SUPPORT, to=(ANA,), headers={"Auto-Submitted": "auto-replied"}),
        a_message(SUPPORT, to=(ANA,), headers={"X-Autoreply": "yes"}),
        a_message(SUPPORT, to=(ANA,), subject="Automatic reply: Where is my order?"),
        a_message(
            SUPPORT,
            to=(ANA,),
            subject="Read: Where is my order?",
            text="",
            in_reply_to=("<question@customer.test>",),
        ),
    ],
)
def test_auto_reply_in_sent_is_no_answer(machine: InboundMessage) -> None:
    """An out-of-office reply or a receipt that the server filed in Sent answers nobody."""
    assert decide_sent(machine, Facts(thread=TICKET)) == recorded(
        "staff_auto_reply", kind=Kind.AUTO_REPLY
    )


@pytest.mark.parametrize(
    "answer",
    [
        replace(SENT, subject="[Shop #123] Resolved: Where is my order?"),
        replace(SENT, new_text="To ensure delivery of our mails, add us to your white list."),
        replace(SENT, headers={"precedence": ("bulk",)}),
    ],
)
def test_words_of_a_helpdesk_in_sent_are_an_answer(answer: InboundMessage) -> None:
    """What would give away another helpdesk's machine is, from staff, what they wrote."""
    assert decide_sent(answer, Facts(thread=TICKET)) == StaffAnswer(
        ticket=TICKET, proof="sent_folder"
    )


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (Outcome.ANSWERED, SEEN),
        (Outcome.UNPROVEN, StaffAnswer(ticket=TICKET, proof="sent_folder")),
        (Outcome.RECORDED, StaffAnswer(ticket=TICKET, proof="sent_folder")),
        (Outcome.OPENED, StaffAnswer(ticket=TICKET, proof="sent_folder")),
        (Outcome.RETURNED, StaffAnswer(ticket=TICKET, proof="sent_folder")),
    ],
)
def test_copy_in_sent_proves_what_inbox_did_not(seen: Outcome, expected: Decision) -> None:
    """A copy in INBOX that was not believed is believed in Sent, and counts once."""
    assert decide_sent(SENT, Facts(seen=seen, thread=TICKET)) == expected


@pytest.mark.parametrize("seen", [Outcome.OPENED, Outcome.FOLLOWED_UP, Outcome.RECORDED])
@pytest.mark.parametrize("facts", [Facts(), Facts(thread=TICKET)])
@pytest.mark.parametrize("to", [(SUPPORT,), (SUPPORT, ANA)])
def test_customers_mail_moved_to_sent_stays_what_it_was(
    to: tuple[str, ...], facts: Facts, seen: Outcome
) -> None:
    """A customer's mail that somebody moved into Sent answers nothing and keeps its record."""
    assert decide_sent(a_message(to=to), replace(facts, seen=seen)) == SEEN


def test_customers_unread_mail_in_sent_is_no_answer() -> None:
    """A customer who copies themselves has not answered, even if Sent is read first."""
    moved = a_message(to=(SUPPORT, ANA))

    assert decide_sent(moved, Facts(thread=TICKET)) == recorded("not_to_the_customer", about=TICKET)


@pytest.mark.parametrize("read", [decide, decide_sent])
def test_hostile_mail_raises_nowhere(read: Callable[..., Decision]) -> None:
    """A mail without anything is decided as well."""
    empty = a_message(None, to=(), subject="", text="", message_id=None, unreadable=True)

    assert isinstance(read(empty), OpenTicket | Record)


def test_token_is_nothing_where_our_own_server_says_no() -> None:
    """A token may have travelled; what our border says of From counts for more."""
    refuted = {"Authentication-Results": f"{BORDER}; dmarc=fail header.from=example.com"}
    forged = a_message(LEAD, to=(ANA, SUPPORT), headers=refuted)

    assert decide(forged, Facts(escalated=TICKET, escalated_to=LEAD)) == UNPROVEN


# A test mail, and what people write in reply to it.

TEST_ID = SIGNER.message_id(reference="test", domain="example.com", nonce=b"0123456789")
TEST_REPLY = recorded("reply_to_test_mail")


@pytest.mark.parametrize("sender", [SUPPORT, JANE, ANA])
def test_a_reply_to_a_test_mail_is_nobody_s(sender: str) -> None:
    """Whoever replies to it, it opens no ticket and is not returned to anybody."""
    reply = a_message(sender, in_reply_to=(TEST_ID,), subject="Re: Acme Support: test mail")

    assert decide(reply) == decide_sent(reply) == TEST_REPLY


def test_only_our_people_write_on_below_a_test_mail() -> None:
    """Further down the thread it is a test for staff; a customer's mail stays a customer's."""
    thread = {"in_reply_to": ("<more@example.com>",), "references": (TEST_ID, "<more@example.com>")}

    assert decide(a_message(JANE, **thread)) == TEST_REPLY
    assert decide(a_message(ANA, **thread)) == opens(ANA)


def test_another_notice_of_ours_is_no_test_mail() -> None:
    """A reply to an admin's notice goes back to its writer as before."""
    desks = SIGNER.message_id(reference="desk", domain="example.com", nonce=b"0123456789")
    reply = a_message(JANE, in_reply_to=(desks,), headers=proven())

    assert isinstance(decide(reply), ReturnToStaff)


# What staff write once a ticket is answered.

SETTLED = a_ticket(state=TicketState.ANSWERED, waiting_since=None, due_at=None)


def test_a_further_mail_of_staff_belongs_to_the_answered_ticket() -> None:
    """Without a thread, to the customer and under the same subject: in Sent, and in copy."""
    again = a_message(SUPPORT, to=(ANA,), subject="RE: Where is my order?")
    facts = Facts(of_recipients=(SETTLED,))
    assert decide_sent(again, facts) == StaffAnswer(ticket=SETTLED, proof="sent_folder")
    copied = a_message(JANE, to=(ANA,), subject="RE: Where is my order?", headers=proven())
    assert decide(copied, facts) == StaffAnswer(ticket=SETTLED, proof="authenticated")


def test_an_open_ticket_is_likelier_meant_than_an_answered_one() -> None:
    """Of two with one subject the customer waits in one."""
    again = a_message(SUPPORT, to=(ANA,), subject="RE: Where is my order?")
    waits = replace(TICKET, id=9)
    assert decide_sent(again, Facts(of_recipients=(SETTLED, waits))) == StaffAnswer(
        ticket=waits, proof="sent_folder"
    )


def test_another_subject_is_not_about_the_answered_ticket() -> None:
    """Staff write to a former customer of something else."""
    other = a_message(SUPPORT, to=(ANA,), subject="Our new opening hours")
    assert decide_sent(other, Facts(of_recipients=(SETTLED,))) == recorded("no_ticket")


def test_a_web_form_s_second_visit_is_no_answer_to_the_first() -> None:
    """The form copies its visitor in under the subject it always has: a new matter."""
    form = a_message(
        JANE, cc=(ANA,), reply_to=(ANA,), subject="Where is my order?", headers=proven()
    )
    assert decide(form, Facts(of_recipients=(SETTLED,))) == opens(ANA)


def test_a_notice_s_reply_means_only_who_waits() -> None:
    """Staff answer a notice of ours with the customer as recipient and any subject: an answered
    ticket is not what it is about."""
    reply = a_message(
        JANE, to=(ANA,), cc=(SUPPORT,), subject="Re: 2 unanswered", in_reply_to=(OURS,),
        headers=proven(),
    )  # fmt: skip
    assert not isinstance(decide(reply, Facts(of_recipients=(SETTLED,))), StaffAnswer)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (None, recorded("before_start", outcome=Outcome.BEFORE_START)),
        (Outcome.BEFORE_START, recorded("before_start", outcome=Outcome.BEFORE_START)),
        (Outcome.OPENED, SEEN),
        (Outcome.ANSWERED, SEEN),
    ],
)
def test_mail_from_before_the_start_is_left_alone(seen: Outcome | None, expected: Record) -> None:
    """Whatever thread it belongs to: nothing that was settled then is taken up."""
    mail = a_message(in_reply_to=("<3@x.test>",))

    assert triage.leave_alone(mail, Facts(seen=seen, thread=TICKET), DESK) == expected
