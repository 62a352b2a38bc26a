"""Escalation: who is told, when, how often, and when nobody is."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import letters
from desks import text_of
from letters import SUPPORT
from offices import BOSS, EMMA, LADDER, LEAD, MONDAY, OPS, Office, answer, complaint, subjects
from servers.dovecot import MailUser

from mailresponder.policy import lifecycle
from mailresponder.policy.deadlines import Step
from mailresponder.policy.ticket import TicketState
from mailresponder.store import tickets

TWO_STEPS = f"""
[[escalation]]
after = "0m"
to = ["{LEAD}"]
[[escalation]]
after = "2h"
to = ["{BOSS}"]
repeat_every = "4h"
"""
HOURS = """
[deadlines.hours]
mon = ["09:00-14:00", "15:00-18:00"]
tue = ["09:00-14:00", "15:00-18:00"]
"""
"""In Madrid, an hour ahead of UTC."""


ADDRESS = {"support": SUPPORT, "sales": "sales@example.com"}


def told(office: Office, *people: str) -> list[int]:
    """How many mails each person got."""
    return [len(office.sent_to(person)) for person in people]


def test_each_step_is_told_once_and_the_last_repeats(office: Office) -> None:
    """The lead hears at the deadline, the boss two hours later and every four hours from then."""
    office.receive(complaint())
    office.open(ladder=TWO_STEPS)

    heard = []
    for hour in range(20):
        office.clock.now = MONDAY + timedelta(hours=hour)
        office.run_well()
        office.run_well()
        heard.append(told(office, LEAD, BOSS))

    assert heard[7:9] == [[0, 0], [1, 0]]
    assert heard[9:11] == [[1, 0], [1, 1]]
    assert heard[13:15] == [[1, 1], [1, 2]]
    assert heard[18:20] == [[1, 3], [1, 3]]
    assert office.ticket.escalation_level == 2


def test_steps_missed_in_an_outage_are_told_in_one_pass(office: Office) -> None:
    """After a day without a pass both people hear once."""
    office.receive(complaint())
    office.open(ladder=TWO_STEPS)
    office.run_well()
    office.clock.advance(days=1)
    office.run_well()
    office.run_well()

    assert told(office, LEAD, BOSS) == [1, 1]


def test_nobody_is_told_outside_working_hours(office: Office) -> None:
    """A repeat that falls into the night waits for the morning, the first one for after lunch."""
    office.receive(complaint(), at=MONDAY)
    ladder = LADDER + 'repeat_every = "2h"\n'
    office.open(ladder=ladder, deadlines=HOURS)

    heard = {}
    for hour in (9, 16, 17, 20, 31, 32, 33):
        office.clock.now = MONDAY.replace(hour=0) + timedelta(hours=hour)
        office.run_well()
        heard[hour] = len(office.sent_to(LEAD))

    # Eight working hours from 10:00 in Madrid end on Tuesday at 10:00; 9:00 UTC.
    assert heard == {9: 0, 16: 0, 17: 0, 20: 0, 31: 0, 32: 0, 33: 1}
    # Then 12:00, 15:00 (lunch is no working time), 17:00; not in the evening.
    repeats = {}
    for hour in (34, 35, 36, 37, 38, 39, 40, 41, 42, 47):
        office.clock.now = MONDAY.replace(hour=0) + timedelta(hours=hour)
        office.run_well()
        repeats[hour] = len(office.sent_to(LEAD))
    assert repeats == {34: 1, 35: 2, 36: 2, 37: 2, 38: 3, 39: 3, 40: 4, 41: 4, 42: 4, 47: 4}


def test_sent_is_read_in_the_pass_that_escalates(office: Office) -> None:
    """An answer filed in Sent a moment before the deadline's pass keeps everybody quiet."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=8)
    office.receive(answer(), folder="Sent", at=MONDAY + timedelta(hours=1))

    office.run_well()

    assert office.sent_to(LEAD) == []
    assert office.ticket.state is TicketState.ANSWERED


def test_nobody_is_accused_where_the_mailbox_could_not_be_read(office: Office) -> None:
    """A failed intake skips escalation and says so; the next good pass makes up for it."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=8)
    office.reopen(password="wrong")

    report = office.run()
    assert report.escalation is None
    assert report.exit_status == 77
    assert office.sent_to(LEAD) == []

    office.reopen(password="correct horse")
    office.run_well()
    assert told(office, LEAD) == [1]


def test_nobody_is_accused_where_sent_could_not_be_read(office: Office) -> None:
    """INBOX alone is not enough to say that nobody answered."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=8)
    office.reopen(imap='sent_folder = "Nowhere"')

    assert office.run().escalation is None
    assert office.sent_to(LEAD) == []


def test_an_answer_ends_the_ladder_and_a_new_question_starts_it_again(office: Office) -> None:
    """After an answer nobody is told any more; the customer's next mail has its own deadline."""
    office.receive(complaint())
    office.open(ladder=TWO_STEPS)
    office.run_well()
    office.clock.advance(hours=8)
    office.run_well()
    office.receive(answer(), folder="Sent")
    office.clock.advance(hours=8)
    office.run_well()
    assert told(office, LEAD, BOSS) == [1, 0]

    office.receive(complaint(number=2, In_Reply_To="<answer-1@example.com>"))
    office.run_well()
    assert office.ticket.escalation_level == 0
    office.clock.advance(hours=8)
    office.run_well()
    assert told(office, LEAD, BOSS) == [2, 0]


def test_over_the_cap_the_rest_is_one_mail_and_nobody_is_left_out(office: Office) -> None:
    """Of twelve overdue tickets with a cap of five, four get a mail each, the angriest first, and
    the fifth mail names all the others."""
    office.open(acknowledge="max_per_recipient_per_hour = 5", staff="digest_from = 20")
    office.receive(
        letters.angry_english(),
        *(complaint(f"c{n}@customer.test", subject=f"Matter {n}") for n in range(11)),
    )
    office.run_well()
    office.clock.advance(hours=8)

    office.run_well()

    mails = office.sent_to(LEAD)
    references = {ticket.reference for ticket in office.tickets()}
    assert len(mails) == 5
    assert "Absolutely unacceptable" in mails[0]["Subject"] + text_of(mails[0])
    named = {r for r in references for m in mails if r in m["Subject"] + text_of(m)}
    assert named == references
    assert all(ticket.escalation_level == 1 for ticket in office.tickets())
    office.run_well()
    assert len(office.sent_to(LEAD)) == 5


def test_who_is_over_the_cap_is_told_as_soon_as_there_is_room(office: Office) -> None:
    """With no room at all the tickets wait, and lose nothing by it."""
    office.open(acknowledge="max_per_recipient_per_hour = 1")
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=8)
    office.run_well()
    office.receive(complaint("noah@customer.test"), at=MONDAY)
    report = office.run_well()
    assert report.escalation.waiting == 1

    office.clock.advance(hours=1)
    office.run_well()

    assert told(office, LEAD) == [2]
    assert [t.escalation_level for t in office.tickets()] == [1, 1]


def test_who_is_over_the_cap_alone_hears_later(office: Office) -> None:
    """Where one of two people has no room left, the other is told at once, and the first as soon as
    the cap allows; they are no more told of what was answered meanwhile."""
    office.open(acknowledge="max_per_recipient_per_hour = 1")
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=8)
    office.run_well()
    assert told(office, LEAD, BOSS) == [1, 0]

    office.reopen(ladder=LADDER.replace(f'"{LEAD}"', f'"{LEAD}", "{BOSS}"'))
    office.receive(
        complaint("noah@customer.test", subject="Noah's order"),
        complaint("zoe@customer.test", subject="Zoe's order"),
        at=MONDAY,
    )
    report = office.run_well()
    assert told(office, LEAD, BOSS) == [1, 1]
    assert (report.escalation.escalated, report.escalation.waiting) == (2, 2)

    office.receive(
        answer("zoe@customer.test", subject="Re: Zoe's order", in_reply_to="<zoe-1@customer.test>"),
        folder="Sent",
    )
    office.clock.advance(hours=1)
    office.run_well()
    office.run_well()

    assert told(office, LEAD, BOSS) == [2, 1]
    assert "Noah's order" in office.sent_to(LEAD)[-1]["Subject"]
    [noah] = [ticket for ticket in office.tickets() if ticket.subject == "Noah's order"]
    assert office.events(noah).count("told_later") == 1
    office.clock.advance(hours=5)
    assert office.run_well().escalation.waiting == 0
    assert told(office, LEAD, BOSS) == [2, 1]


def test_who_was_owed_of_an_answered_question_hears_nothing_of_the_next_too_early(
    office: Office,
) -> None:
    """What somebody had no room for ends with the wait it was about."""
    office.open(acknowledge="max_per_recipient_per_hour = 1")
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=8)
    office.run_well()
    office.receive(complaint("noah@customer.test"), at=MONDAY)
    office.run_well()
    office.receive(
        answer("noah@customer.test", in_reply_to="<noah-1@customer.test>"), folder="Sent"
    )
    office.run_well()
    office.receive(complaint("noah@customer.test", number=2, In_Reply_To="<answer-1@example.com>"))
    office.clock.advance(hours=2)
    office.run_well()

    assert told(office, LEAD) == [1]


def test_who_was_owed_and_has_left_is_replaced(office: Office) -> None:
    """What an outsider on the ladder had no room for is told to whoever stands there now."""
    gone = "pat@agency.test"
    office.open(acknowledge="max_per_recipient_per_hour = 1", ladder=LADDER.replace(LEAD, gone))
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=8)
    office.run_well()
    office.receive(complaint("noah@customer.test"), at=MONDAY)
    assert office.run_well().escalation.waiting == 1

    office.reopen(ladder=LADDER)
    office.clock.advance(hours=1)
    office.run_well()

    assert told(office, gone, LEAD) == [1, 1]
    assert "noah@customer.test" in text_of(office.sent_to(LEAD)[0])


def test_a_snooze_holds_for_who_is_owed_too(office: Office) -> None:
    """What nobody wants to hear of until tomorrow is told tomorrow, to all whom it concerns."""
    office.open(acknowledge="max_per_recipient_per_hour = 1")
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=8)
    office.run_well()
    office.receive(complaint("noah@customer.test"), at=MONDAY)
    office.run_well()
    asleep = lifecycle.snoozed(office.tickets()[1], until=office.clock.now + timedelta(days=1))
    with office.app.store.begin() as conn:
        tickets.save_ticket(conn, asleep)
    office.clock.advance(hours=5)
    office.run_well()
    assert told(office, LEAD) == [1]

    office.clock.advance(hours=19)
    office.run_well()
    office.run_well()
    assert told(office, LEAD) == [2]


def test_a_holiday_that_is_added_holds_for_open_tickets(office: Office) -> None:
    """Nobody is told on it; the deadline stays as it was promised."""
    office.open(deadlines=HOURS)
    office.receive(complaint())
    office.run_well()
    due = office.ticket.due_at
    tuesday = '[deadlines.holidays]\nextra_closed_days = ["2025-03-11"]'
    office.reopen(deadlines=f"{HOURS}\n{tuesday}")
    office.clock.advance(days=1)
    office.run_well()

    assert told(office, LEAD) == [0]
    ticket = office.ticket
    assert ticket.due_at == due
    assert ticket.next_escalation_at == MONDAY + timedelta(days=7, hours=-1)


def test_many_at_once_are_one_list(office: Office) -> None:
    """From `digest_from` on, with the angry on top; fewer come singly."""
    office.open(staff="digest_from = 3")
    office.receive(*(complaint(f"c{n}@customer.test", subject=f"Matter {n}") for n in range(2)))
    office.run_well()
    office.clock.advance(hours=8)
    office.run_well()
    assert told(office, LEAD) == [2]

    office.receive(*(complaint(f"d{n}@customer.test", subject=f"Case {n}") for n in range(2)))
    office.clock.advance(hours=6)
    office.receive(letters.angry_english())
    office.clock.advance(hours=2)
    office.run_well()

    assert told(office, LEAD) == [3]
    text = text_of(office.sent_to(LEAD)[-1])
    assert text.index("Absolutely unacceptable") < text.index("Case 0") < text.index("Case 1")
    assert all(ticket.escalation_level == 1 for ticket in office.tickets())


def test_repeats_share_a_mail_and_what_is_new_comes_alone(office: Office) -> None:
    """Two that are still unanswered are one mail; a third that is late now is another."""
    office.open(ladder=LADDER + 'repeat_every = "4h"')
    office.receive(*(complaint(f"c{n}@customer.test", subject=f"Matter {n}") for n in range(2)))
    office.run_well()
    office.clock.advance(hours=4)
    office.receive(complaint(subject="Case"))
    office.run_well()
    office.clock.advance(hours=4)
    office.run_well()
    assert told(office, LEAD) == [2]

    office.clock.advance(hours=4)
    office.run_well()

    new = subjects(office.sent_to(LEAD))[2:]
    assert len(new) == 2
    assert "2 unanswered" in new[0]
    assert "Case" in new[1]


WARNING = 'warn_before = "1h"'


def test_a_warning_comes_before_the_deadline_once(office: Office) -> None:
    """The lead hears an hour ahead, once, and at the deadline that it has passed."""
    office.open(deadlines=WARNING)
    office.receive(complaint())
    heard = []
    for quarter in range(4 * 9):
        office.clock.now = MONDAY + timedelta(minutes=15 * quarter)
        report = office.run_well()
        if report.escalation.warned or report.escalation.escalated:
            heard.append((quarter / 4, report.escalation.warned, report.escalation.escalated))

    assert heard == [(7, 1, 0), (8, 0, 1)]
    warning, late = office.sent_to(LEAD)
    assert warning["Subject"].startswith("Due soon: Where is my order")
    assert "Unanswered" in late["Subject"]
    assert "due by" in text_of(warning)
    assert office.events().count("warned") == 1
    assert office.flags() == [{"$Escalated"}]


def test_an_answer_after_the_warning_keeps_the_ladder_quiet(office: Office) -> None:
    """Which is what it is for; a warning that was put off by the server is taken back."""
    office.open(deadlines=WARNING)
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=7)
    office.sink.answer("RCPT", "451 4.7.1 later")
    office.run()
    office.receive(answer(), folder="Sent")
    office.clock.advance(hours=2)
    office.run_well()

    assert office.sent_to(LEAD) == []


def test_a_warning_that_is_sent_too_late_says_so(office: Office) -> None:
    """No mail says that a deadline is near which has passed while the server was away."""
    office.open(deadlines=f'{WARNING}\nwarn_to = ["{BOSS}"]')
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=7)
    office.sink.answer("RCPT", "451 4.7.1 later")
    office.run()
    office.clock.advance(hours=2)
    office.run_well()

    [late] = office.sent_to(BOSS)
    assert late["Subject"].startswith("Unanswered: Where is my order")
    assert "was due by" in text_of(late)
    assert "before the deadline" not in text_of(late)


def test_a_warning_goes_to_whom_the_configuration_names(office: Office) -> None:
    """And nobody is warned where nobody wants to be."""
    office.open(deadlines=f'{WARNING}\nwarn_to = ["{BOSS}"]')
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=7)
    office.run_well()
    assert told(office, LEAD, BOSS) == [0, 1]


def test_a_warning_that_is_configured_later_comes_for_open_tickets(office: Office) -> None:
    """What the configuration says now holds for what is open now."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=7, minutes=30)
    office.run_well()
    assert told(office, LEAD) == [0]

    office.reopen(deadlines=WARNING)
    office.run_well()

    assert told(office, LEAD) == [1]
    assert office.events().count("warned") == 1


ANGRY = f"""
[[angry_escalation]]
after = "0m"
to = ["{LEAD}", "{BOSS}"]
repeat_every = "2h"
"""


def test_the_angry_have_their_own_shorter_ladder(office: Office) -> None:
    """Lead and boss at once, and again every two hours; of a calm customer the lead alone."""
    office.open(ladder=LADDER + ANGRY)
    office.receive(complaint(), letters.angry_english())
    office.run_well()
    office.clock.advance(hours=2)
    office.run_well()
    assert told(office, LEAD, BOSS) == [1, 1]
    office.clock.advance(hours=2)
    office.run_well()
    assert told(office, LEAD, BOSS) == [2, 2]
    office.clock.advance(hours=4)
    office.run_well()
    assert told(office, LEAD, BOSS) == [4, 3]


def test_an_angry_ladder_that_comes_later_applies_to_open_tickets(office: Office) -> None:
    """The boss, whom it names for the second step, hears of what is late already."""
    office.receive(letters.angry_english())
    office.run_well()
    office.clock.advance(hours=4)
    office.run_well()
    assert told(office, LEAD, BOSS) == [1, 0]

    second = f'[[angry_escalation]]\nafter = "1h"\nto = ["{BOSS}"]'
    office.reopen(ladder=f'{LADDER}[[angry_escalation]]\nafter = "0m"\nto = ["{LEAD}"]\n{second}')
    office.run_well()

    assert told(office, LEAD, BOSS) == [1, 1]


def test_a_day_full_of_notices_leaves_nobody_without_word(office: Office) -> None:
    """Four tickets fall due every half hour of a long day. Neither an hour nor the day holds more
    mails to the lead than it may, and each ticket is named in one within an hour."""
    office.open(deadlines='[deadlines.hours]\nmon = ["08:00-20:00"]\ntue = ["08:00-20:00"]')
    due_since: dict[str, int] = {}
    sent_at: list[int] = []
    slowest = 0
    for step in range(20):
        office.clock.now = MONDAY + timedelta(minutes=30 * step)
        office.receive(
            *(
                complaint(f"c{step}-{n}@customer.test", subject=f"Matter {step}-{n}.")
                for n in range(4)
            ),
            at=MONDAY - timedelta(days=14),
        )
        office.run_well()
        for ticket in office.tickets():
            due_since.setdefault(ticket.subject, step)
        mails = office.sent_to(LEAD)
        sent_at += [step] * (len(mails) - len(sent_at))
        words = "".join(str(mail["Subject"]) + text_of(mail) for mail in mails)
        unheard = [step - since for subject, since in due_since.items() if subject not in words]
        slowest = max([slowest, *unheard])
        assert sum(at > step - 2 for at in sent_at) <= 10
        assert len(sent_at) <= 25

    assert len(due_since) == 80
    assert slowest <= 2


def test_one_person_in_two_mailboxes_has_one_cap(
    office: Office, new_dovecot_user: Callable[[], MailUser]
) -> None:
    """What a person got from one mailbox counts in the other, and what they have no room for there
    comes later, from there."""
    office.add_mailbox(new_dovecot_user(), name="sales", address="sales@example.com")
    office.open(acknowledge="max_per_recipient_per_hour = 2", staff="digest_from = 3")
    for mailbox in ("support", "sales"):
        office.receive(
            *(
                complaint(
                    f"{mailbox}{n}@customer.test", subject=f"{mailbox} {n}", to=ADDRESS[mailbox]
                )
                for n in range(3)
            ),
            mailbox=mailbox,
        )
        office.run_well(mailbox)
    office.clock.advance(hours=8)
    for mailbox in ("support", "sales"):
        office.run_well(mailbox)
    # One list from each: as different mails, though they were written at the same moment.
    assert told(office, LEAD) == [2]

    office.receive(complaint("noah@customer.test", to=ADDRESS["sales"]), mailbox="sales", at=MONDAY)
    assert office.run_well("sales").escalation.waiting == 1
    office.clock.advance(hours=1)
    office.run_well("support")
    assert told(office, LEAD) == [2]
    office.run_well("sales")
    assert told(office, LEAD) == [3]


def test_the_mail_tells_what_is_needed_to_answer(office: Office) -> None:
    """The customer's words, their address, the reference, and what went between stand in it."""
    office.receive(letters.angry_english())
    office.run_well()
    office.clock.advance(hours=2)
    office.run_well()

    [mail] = office.sent_to(LEAD)
    text = text_of(mail)
    assert office.ticket.reference in mail["Subject"]
    assert "THIRD TIME" in text
    assert "oliver@customer.test" in text
    assert mail["Auto-Submitted"] == "auto-generated"
    assert office.events().count("escalated") == 1


def test_the_mail_tells_the_ticket_s_whole_story(office: Office) -> None:
    """First what waits; then what the customer and staff said before it, and internal notes as
    such. What staff wrote and no customer saw is no answer, and our own mail is one line."""
    office.receive(complaint(text="The first question.\n"))
    office.run_well()
    office.clock.advance(hours=1)
    office.receive(answer(), folder="Sent")
    office.run_well()
    office.clock.advance(hours=1)
    office.receive(
        complaint(number=2, text="A second one.\n", In_Reply_To="<answer-1@example.com>")
    )
    office.run_well()
    with office.app.store.begin() as conn:
        now = office.clock.now + timedelta(minutes=1)
        note = "Ask the carrier."
        tickets.add_event(conn, office.ticket.id, at=now, what="note", why=note, by="ana@x.test")
    office.clock.advance(hours=8)
    office.run_well()

    text = text_of(office.sent_to(LEAD)[0])
    told = [
        *("A second one.", "What to do", "The first question.", "Our answer", "on its way"),
        *("Internal note, not for the customer, by ana@x.test", note, "Our acknowledgement"),
    ]
    assert sorted(told, key=text.index) == told
    assert "has reached Acme Support" not in text
    assert text.count("A second one.") == 1


def test_the_mail_tells_of_the_customer_s_other_tickets_and_of_nobody_else_s(
    office: Office,
) -> None:
    """By their very address; what others wrote under the same subject is not theirs."""
    office.receive(
        complaint(subject="An old lamp"),
        complaint("noah@customer.test", subject="A secret"),
        at=MONDAY - timedelta(days=3),
    )
    office.receive(complaint(number=2))
    office.open(ladder="")
    office.run_well()
    lamp, secret, order = office.tickets()
    office.reopen(ladder=LADDER)
    office.clock.advance(hours=8)
    office.run_well()

    [mail] = [mail for mail in office.sent_to(LEAD) if order.reference in mail["Subject"]]
    assert f"An old lamp [{lamp.reference}]: Friday 7 March, open." in " ".join(
        text_of(mail).split()
    )
    assert secret.reference not in text_of(mail)
    assert "secret" not in text_of(mail)


def test_a_ladder_made_longer_accuses_nobody_early(office: Office) -> None:
    """Where the ladder was changed since, the new one counts."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=8)
    office.reopen(ladder=LADDER.replace("0m", "1h"))

    report = office.run_well()
    assert (report.escalation.escalated, report.escalation.waiting) == (0, 0)
    office.clock.advance(hours=1)
    office.run_well()
    assert told(office, LEAD) == [1]


def test_the_angry_are_due_sooner(office: Office) -> None:
    """`angry_answer_within` holds for whoever is angry, and for them alone."""
    office.receive(letters.angry_spanish(), complaint())
    office.run_well()
    office.clock.advance(hours=2)
    office.run_well()

    assert [t.escalation_level for t in office.tickets()] == [1, 0]
    assert subjects(office.sent_to(LEAD))[0].count("vergüenza") == 1
    assert office.sent_to(EMMA)


def test_a_reply_to_a_list_comes_back_and_names_no_customer(office: Office) -> None:
    """Who answers a notice about several tickets is told that nobody got it."""
    office.configure(acknowledge="max_per_recipient_per_hour = 2")
    office.receive(*(complaint(f"c{n}@customer.test", subject=f"Order {n}") for n in range(4)))
    office.run_well()
    office.clock.advance(hours=9)
    office.run_well()
    several = office.sent_to(LEAD)[-1]
    assert "unanswered" in several["Subject"]

    office.clock.advance(hours=2)
    office.receive(answer(SUPPORT, sender=LEAD, in_reply_to=several["Message-ID"]))
    office.run_well()

    returned = office.sent_to(LEAD)[-1]
    assert "no customer" in returned["Subject"]
    assert "customer.test" not in text_of(returned)
    assert len(office.tickets()) == 4


def test_a_ladder_that_comes_later_applies_to_open_tickets(office: Office) -> None:
    """Who is added to the configuration hears of what was unanswered before."""
    office.open(ladder="")
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=20)
    office.run_well()
    assert not office.sent_to(LEAD)

    office.reopen(ladder=LADDER)
    office.run_well()

    assert len(office.sent_to(LEAD)) == 1


def test_word_that_nobody_answered_is_taken_back_once_somebody_has(office: Office) -> None:
    """An escalation that the server put off is not sent after the answer."""
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=9)
    office.sink.answer("RCPT", "451 4.7.1 later")
    office.run()
    office.receive(answer(), folder="Sent")
    office.clock.advance(minutes=1)
    office.run_well()

    assert not office.sent_to(LEAD)
    assert office.ticket.state is TicketState.ANSWERED


def test_one_who_cannot_be_written_to_keeps_nobody_else_from_hearing(
    office: Office,
) -> None:
    """The others are told, customers are acknowledged, and the admins hear of the address."""
    app = office.open()
    work = app.mailboxes["support"].work
    broken = Step(after=timedelta(), to=("peña@example.com", LEAD))
    app.mailboxes["support"].work = replace(work, desk=replace(work.desk, ladder=(broken,)))
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=9)
    office.run_well()

    assert len(office.sent_to(EMMA)) == 1
    assert len(office.sent_to(LEAD)) == 1
    assert len(office.sent_to(OPS)) == 1
