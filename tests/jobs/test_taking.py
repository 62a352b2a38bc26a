"""What becomes of one message: answers, proofs, thanks, follow-ups."""

from datetime import timedelta

import letters
from desks import parsed, text_of
from letters import SUPPORT, letter
from offices import EMMA, LEAD, MONDAY, OPS, PROVEN, Office, answer, complaint
from servers.smtp_sink import KEEP_AND_DROP

from mailresponder.policy.ticket import TicketState

FOLLOW_UP = "follow_up_notice = true"


def again(number: int, text: str = "One more thing: it was order 20418.\n", **more: str) -> bytes:
    """The customer writes again in the thread."""
    return complaint(number=number, text=text, In_Reply_To="<emma-1@customer.test>", **more)


def test_thanks_start_no_clock(office: Office) -> None:
    """A thank-you after the answer is kept, and nobody has to answer it."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(minutes=10)
    office.receive(answer(), folder="Sent")
    office.run_well()
    office.clock.advance(minutes=10)
    office.receive(again(2, "Thanks a lot!\n"))
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED
    assert office.ticket.due_at is None
    assert "Thanks a lot!" in [message.new_text.strip() for message in office.messages()]


def test_more_than_thanks_opens_the_ticket_again(office: Office) -> None:
    """A question after the answer has a deadline of its own."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(minutes=10)
    office.receive(answer(), folder="Sent")
    office.run_well()
    office.clock.advance(minutes=10)
    office.receive(again(2, "Thanks, but it still is not here. Where is it now?\n"))
    office.run_well()

    assert office.ticket.state is TicketState.OPEN
    assert office.ticket.due_at == office.clock.now + timedelta(hours=8)


def test_a_later_mail_does_not_push_the_deadline_back(office: Office) -> None:
    """The deadline runs from the oldest unanswered mail."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=3)
    office.receive(again(2))
    office.run_well()

    assert office.ticket.due_at == MONDAY + timedelta(hours=8)
    assert len(office.sent_to(EMMA)) == 1


def test_an_angry_mail_in_a_calm_ticket_brings_the_deadline_forward(office: Office) -> None:
    """Whoever turns angry is answered as soon as the angry are."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=1)
    furious = letters.angry_english().partition(b"\n\n")[2].decode()
    office.receive(again(2, furious))
    office.run_well()

    assert office.ticket.angry
    assert office.ticket.due_at == MONDAY + timedelta(hours=3)
    assert office.flags() == [set(), {"\\Flagged", "$Angry"}]


def test_a_follow_up_notice_is_sent_once_between_two_answers(office: Office) -> None:
    """Of three further mails the first is confirmed; after an answer one more is."""
    office.open(acknowledge=FOLLOW_UP)
    office.receive(complaint())
    office.run_well()
    for number in (2, 3):
        office.clock.advance(minutes=5)
        office.receive(again(number))
        office.run_well()
    assert len(office.sent_to(EMMA)) == 2

    office.clock.advance(minutes=5)
    office.receive(answer(), folder="Sent")
    office.run_well()
    office.clock.advance(hours=3)
    for number in (4, 5):
        office.clock.advance(minutes=5)
        office.receive(again(number))
        office.run_well()

    assert len(office.sent_to(EMMA)) == 3
    assert [row.kind for row in office.outbox()] == ["acknowledgement", "follow_up", "follow_up"]


def test_no_follow_up_notice_is_sent_unless_asked_for(office: Office) -> None:
    """By default a further mail is put with the first without a word."""
    office.receive(complaint())
    office.run_well()
    office.receive(again(2))
    office.run_well()

    assert [row.kind for row in office.outbox()] == ["acknowledgement"]
    assert len(office.messages()) == 3


def test_others_in_the_thread_get_no_notice(office: Office) -> None:
    """Somebody in copy who writes joins the ticket and is sent nothing."""
    office.open(acknowledge=FOLLOW_UP)
    office.receive(complaint(Cc="friend@customer.test"))
    office.run_well()
    office.receive(
        complaint("friend@customer.test", number=2, In_Reply_To="<emma-1@customer.test>")
    )
    office.run_well()

    assert office.ticket.customer.email == EMMA
    assert office.sent_to("friend@customer.test") == []


def test_an_answer_seen_in_inbox_without_proof_counts_once_it_lies_in_sent(office: Office) -> None:
    """The copy in INBOX is not believed; the same mail in Sent is."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(minutes=5)
    mail = answer(sender="Ana <ana@example.com>", Cc=SUPPORT)
    office.receive(mail)
    office.run_well()
    assert office.ticket.state is TicketState.OPEN
    assert "unproven_staff" in office.events()

    office.receive(mail, folder="Sent")
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED
    assert office.ticket.answered_at == office.clock.now


def test_both_copies_of_an_answer_in_one_pass_count_once(office: Office) -> None:
    """A proven copy in INBOX and the one in Sent are one answer."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(minutes=5)
    mail = answer(sender="Ana <ana@example.com>", Cc=SUPPORT, Authentication_Results=PROVEN)
    office.receive(mail)
    office.receive(mail, folder="Sent")
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED
    assert office.events().count("answered") == 1


def test_customer_mail_newer_than_the_answer_keeps_the_ticket_open(office: Office) -> None:
    """An answer that crossed with a further mail leaves that one unanswered, with its deadline."""
    office.receive(complaint())
    office.run_well()
    office.receive(again(2), at=MONDAY + timedelta(hours=2))
    office.receive(answer(), folder="Sent", at=MONDAY + timedelta(hours=1))
    office.clock.advance(hours=3)
    office.run_well()

    assert office.ticket.state is TicketState.OPEN
    assert office.ticket.waiting_since == MONDAY + timedelta(hours=2)
    assert office.ticket.due_at == MONDAY + timedelta(hours=10)


def test_an_answer_to_the_newer_mail_covers_it_whatever_the_clocks_say(office: Office) -> None:
    """What an answer quotes by Message-ID is answered."""
    office.receive(complaint())
    office.run_well()
    office.receive(again(2), at=MONDAY + timedelta(hours=2))
    office.receive(
        answer(in_reply_to="<emma-2@customer.test>"),
        folder="Sent",
        at=MONDAY + timedelta(hours=1),
    )
    office.clock.advance(hours=3)
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED


def test_an_answer_that_the_customer_cannot_see_stops_nothing(office: Office) -> None:
    """Staff who forward the mail to a colleague have not answered."""
    office.receive(complaint())
    office.run_well()
    office.receive(answer("colleague@example.com"), folder="Sent")
    office.run_well()

    assert office.ticket.state is TicketState.OPEN


def test_staff_who_are_away_have_not_answered(office: Office) -> None:
    """An out-of-office in Sent stops no clock."""
    office.receive(complaint())
    office.run_well()
    office.receive(answer(Auto_Submitted="auto-replied"), folder="Sent")
    office.run_well()

    assert office.ticket.state is TicketState.OPEN


def test_staff_are_believed_by_the_token_of_an_escalation(office: Office) -> None:
    """Who answers the customer from the escalation they got needs no other proof."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=8)
    office.run_well()
    [told] = office.sent_to(LEAD)
    office.receive(
        answer(in_reply_to=told["Message-ID"], sender=LEAD, Cc=SUPPORT, subject="Your order")
    )
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED
    assert office.messages()[-1].reasons == ("escalation_token",)


def test_a_reply_to_an_escalation_that_is_not_passed_on_is_returned_once(office: Office) -> None:
    """The writer hears that the customer was not told, and a second pass says nothing more."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=8)
    office.run_well()
    [told] = office.sent_to(LEAD)
    office.receive(
        answer(
            SUPPORT,
            in_reply_to=told["Message-ID"],
            sender=LEAD,
            subject="Re: overdue",
            Cc="ana@example.com",
        )
    )
    office.run_well()
    office.run_well()

    _, returned = office.sent_to(LEAD)
    assert EMMA in text_of(returned)
    assert office.ticket.state is TicketState.OPEN


def test_a_second_mail_about_the_same_matter_joins_the_first(office: Office) -> None:
    """Without any header that says so, same sender and same subject are one ticket."""
    office.receive(complaint())
    office.run_well()
    office.receive(complaint(number=2, text="Hello? Is anybody there?\n"))
    office.run_well()

    assert len(office.messages()) == 3
    assert len(office.sent_to(EMMA)) == 1


def test_a_reference_of_somebody_else_s_ticket_opens_a_new_one(office: Office) -> None:
    """Who does not take part in a ticket cannot write into it by its reference."""
    office.receive(complaint())
    office.run_well()
    stolen = office.ticket.reference
    office.receive(complaint("eve@stranger.test", subject=f"Re: order [{stolen}]"))
    office.run_well()

    assert [ticket.customer.email for ticket in office.tickets()] == [EMMA, "eve@stranger.test"]


def test_a_new_matter_in_an_old_thread_is_a_linked_ticket(office: Office) -> None:
    """It is acknowledged by itself, both tickets name each other, and the old one stays settled."""
    office.receive(complaint())
    office.run_well()
    office.receive(answer(), folder="Sent")
    office.run_well()
    office.receive(
        complaint(
            subject="Invoice 88 is wrong",
            text="Hello, you charged me twice. Please correct the invoice.\n",
            number=2,
            In_Reply_To="<answer-1@example.com>",
        )
    )
    office.run_well()

    old, new = office.tickets()
    assert (old.state, new.state) == (TicketState.ANSWERED, TicketState.OPEN)
    assert (old.linked_to, new.linked_to) == (None, old.reference)
    assert new.acknowledged_at is not None
    assert "linked" in office.events(old)


def test_answers_to_mail_that_the_provider_renamed_find_their_ticket(office: Office) -> None:
    """Where the provider files our mail under another Message-ID, that one threads from then on."""
    office.open(save_copy="false")
    office.receive(complaint())
    office.run_well()
    [ours] = [mail.content for mail in office.sink.received if mail.recipient == EMMA]
    message_id = parsed(ours)["Message-ID"]
    renamed = ours.replace(
        f"Message-ID: {message_id}".encode(), b"Message-ID: <renamed-1@provider.test>", 1
    )
    office.receive(renamed, folder="Sent")
    office.run_well()
    office.receive(
        letter(
            sender="Emma's other address <emma@elsewhere.test>",
            subject="Re: Where is my order 20417?",
            text="It is still not here, and I need it.\n",
            message_id="<later@elsewhere.test>",
            In_Reply_To="<renamed-1@provider.test>",
        )
    )
    office.run_well()

    assert [m.kind for m in office.messages()] == ["human", "own", "human"]
    assert len(office.sent_to(EMMA)) == 1


def test_several_mails_about_the_new_matter_are_one_ticket(office: Office) -> None:
    """A second mail in the old thread about the new matter joins the ticket of the first."""
    office.receive(complaint())
    office.run_well()
    office.receive(answer(), folder="Sent")
    office.run_well()
    for number in (2, 3):
        office.receive(
            complaint(
                subject="Invoice 88 is wrong",
                text="Hello, you charged me twice.\n",
                number=number,
                In_Reply_To="<answer-1@example.com>",
            )
        )
    office.run_well()

    _, new = office.tickets()
    assert [m.kind for m in office.messages(new) if m.direction == "in"] == ["human", "human"]
    assert len(office.sent_to(EMMA)) == 2


def test_a_strangers_own_matter_does_not_disappear_in_a_thread(office: Office) -> None:
    """Who answers somebody else's mail with a subject of their own has a ticket of their own, and
    hears of it; with the same subject they join."""
    office.receive(complaint())
    office.run_well()
    office.receive(
        complaint(
            "eve@stranger.test",
            subject="Broken lamp in my kitchen",
            text="It fell down.\n",
            In_Reply_To="<emma-1@customer.test>",
        ),
        complaint(
            "emma@work.test", text="Any news?\n", number=7, In_Reply_To="<emma-1@customer.test>"
        ),
    )
    office.run_well()

    assert [t.customer.email for t in office.tickets()] == [EMMA, "eve@stranger.test"]
    assert len(office.sent_to("eve@stranger.test")) == 1
    assert [m.from_ for m in office.messages(office.tickets()[0]) if m.direction == "in"] == [
        EMMA,
        "emma@work.test",
    ]


def test_customers_of_one_form_service_do_not_meet(office: Office) -> None:
    """A form that names its customer once and not the next time mixes nobody up."""
    office.open(acknowledge=FOLLOW_UP)
    form = "forms@formservice.test"
    office.receive(
        complaint(form, subject="New entry", Reply_To="ann@customer.test"),
        complaint(form, subject="New entry", text="Nobody answers me.\n", number=2),
    )
    office.run_well()

    assert [t.customer.email for t in office.tickets()] == ["ann@customer.test", form]
    assert len(office.sent_to("ann@customer.test")) == 1


def test_a_quote_of_our_mail_leads_back_to_the_ticket(office: Office) -> None:
    """Without any header of the thread, the reference in the quoted text is enough for who takes
    part, and for nobody else."""
    office.receive(complaint())
    office.run_well()
    quote = f"Any news?\n\n> your reference is {office.ticket.reference}\n"
    office.receive(complaint(subject="Still waiting", text=quote, number=2))
    office.receive(complaint("eve@stranger.test", subject="Still waiting", text=quote))
    office.run_well()

    assert [ticket.customer.email for ticket in office.tickets()] == [EMMA, "eve@stranger.test"]
    assert len(office.messages(office.tickets()[0])) == 3


def test_a_person_who_is_not_acknowledged_still_has_a_ticket(office: Office) -> None:
    """The ticket says why, and is escalated like any other."""
    office.receive(letter(sender=EMMA, to="list@elsewhere.test", subject="Hello", text="Hello?\n"))
    office.run_well()
    assert office.ticket.suppressed_by == ("not_addressed_to_us",)
    assert office.outbox() == []

    office.clock.advance(hours=8)
    office.run_well()
    assert len(office.sent_to(LEAD)) == 1


def test_the_same_person_is_not_acknowledged_without_end(office: Office) -> None:
    """The eleventh ticket of an hour is a ticket without an acknowledgement."""
    office.receive(*(complaint(subject=f"Matter {n}", number=n) for n in range(12)))
    office.run_well()

    assert len(office.sent_to(EMMA)) == 10
    assert [t.suppressed_by for t in office.tickets()[10:]] == [("hourly_cap",)] * 2


def test_words_of_the_customer_are_quoted_only_to_who_proved_to_be_them(office: Office) -> None:
    """Without an authenticated sender the acknowledgement repeats nothing of the text."""
    words = "my order has not arrived yet"
    proof = "mx.example.com; dmarc=pass header.from=customer.test"
    office.receive(complaint(), complaint("noah@customer.test", Authentication_Results=proof))
    office.run_well()

    assert words not in text_of(office.sent_to(EMMA)[0])
    assert words in text_of(office.sent_to("noah@customer.test")[0])


def test_words_of_one_are_not_sent_to_another(office: Office) -> None:
    """From is proven, but the acknowledgement goes to whom Reply-To names: it quotes nothing."""
    proof = "mx.example.com; dmarc=pass header.from=stranger.test"
    office.receive(
        complaint("eve@stranger.test", Authentication_Results=proof, Reply_To="victim@shop.test")
    )
    office.run_well()

    [mail] = office.sent_to("victim@shop.test")
    assert "my order has not arrived yet" not in text_of(mail)


def test_who_was_answered_first_gets_no_acknowledgement(office: Office) -> None:
    """An acknowledgement that still waits when the answer is seen is taken back: it would promise
    what has happened already."""
    office.receive(complaint(), at=MONDAY - timedelta(hours=3))
    office.receive(answer(), folder="Sent", at=MONDAY - timedelta(hours=2))

    office.run_well()

    assert not office.sent_to(EMMA)
    assert office.outbox() == []
    assert office.ticket.state is TicketState.ANSWERED
    assert office.ticket.suppressed_by == ("answered_first",)
    assert "notice_withdrawn" in office.events()


def test_an_acknowledgement_that_is_tried_again_after_the_answer_is_taken_back(
    office: Office,
) -> None:
    """What the server put off is not sent once staff have answered."""
    office.sink.answer("RCPT", "451 4.7.1 greylisted")
    office.receive(complaint())
    office.run()
    office.receive(answer(), folder="Sent")
    office.clock.advance(minutes=1)

    office.run_well()

    assert not office.sent_to(EMMA)


def test_two_programs_that_answer_each_other_are_stopped(office: Office) -> None:
    """Replies of one member of staff are returned up to the cap, and no further."""
    office.receive(complaint())
    office.run_well()
    for number in range(30):
        office.receive(
            answer(
                SUPPORT, sender="robot@example.com", number=number, Authentication_Results=PROVEN
            )
        )

    office.run()

    assert len(office.sent_to("robot@example.com")) == 10


def test_unproven_staff_are_reported_to_the_admins_once_a_day(office: Office) -> None:
    """Nobody believed an answer: who can mend the set-up hears of it, once."""
    office.receive(complaint())
    office.run_well()
    for number in range(3):
        office.receive(answer(sender="ana@example.com", number=number, Cc=SUPPORT))
    office.run_well()

    assert len(office.sent_to(OPS)) == 1
    assert office.ticket.reference in text_of(office.sent_to(OPS)[0])


def test_a_program_that_answers_our_answer_starts_no_clock(office: Office) -> None:
    """Another helpdesk's receipt in an answered ticket is kept, and nobody waits for anything."""
    office.receive(complaint())
    office.run_well()
    office.receive(answer(), folder="Sent")
    office.run_well()
    office.receive(
        complaint(
            subject="[Ticket #4711] We received your request",
            text="This is an automated message. Please do not reply to this email.",
            number=2,
            In_Reply_To="<answer-1@example.com>",
        )
    )
    office.run_well()

    assert office.ticket.state is TicketState.ANSWERED
    assert "looks_automatic" in office.messages()[-1].reasons


def test_what_may_have_gone_out_is_not_taken_back(office: Office) -> None:
    """Where the server's reply to the mail was lost, the story keeps the mail."""
    office.sink.answer("DATA", KEEP_AND_DROP)
    office.receive(complaint())
    office.run()
    office.receive(answer(), folder="Sent")
    office.run()

    assert [row.kind for row in office.outbox()] == ["acknowledgement"]
    assert office.ticket.suppressed_by == ()
