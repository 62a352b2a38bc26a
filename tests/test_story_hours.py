"""What customers read who write when nobody is there: the desk's own passes on a real Dovecot, at
moments of 2025, with the working hours and holidays of a desk in Madrid."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from desks import text_of
from offices import EMMA, Office, complaint
from servers.dovecot import MailUser, free_ports

MADRID = ZoneInfo("Europe/Madrid")
HOURS = """
[deadlines.hours]
mon = ["09:00-14:00", "15:00-18:00"]
tue = ["09:00-14:00", "15:00-18:00"]
wed = ["09:00-14:00", "15:00-18:00"]
thu = ["09:00-14:00", "15:00-18:00"]
fri = ["09:00-14:00", "15:00-18:00"]
[deadlines.holidays]
country = "ES"
subdivision = "MD"
extra_closed_days = ["2025-05-16"]
"""
ENGLISH = "Hello,\n\nmy order has not arrived yet. When will it come?\n\nEmma\n"
SPANISH = "Hola:\n\nMi pedido no ha llegado todavía. ¿Cuándo va a llegar?\n\nUn saludo,\nEmma\n"
FURIOUS = "This is a disgrace! I am furious. You are liars. Give me my money back NOW!!!\n"


def madrid(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2025, month, day, hour, minute, tzinfo=MADRID)


def told(office: Office, mailbox: str = "support", sender: str = EMMA) -> str:
    """The last mail a customer got, on one line, after a pass."""
    office.run_well(mailbox)
    return " ".join(text_of(office.sent_to(sender)[-1]).split())


def write(office: Office, at: datetime, text: str, **given: str) -> None:
    """A customer writes at that moment, and it is that moment now."""
    office.clock.now = at.astimezone(UTC)
    subject = "¿Dónde está mi pedido?" if text is SPANISH else "Where is my order?"
    office.receive(complaint(text=text, **{"subject": subject, **given}))


ANSWERED = {
    ENGLISH: "A person will read your message and answer you before {due} (Madrid time).",
    SPANISH: "Una persona leerá su mensaje y le responderá antes del {due} (hora de Madrid).",
}
CLOSED, CERRADOS = (
    "As we send this we are closed; we open again on",
    "Al enviarle este aviso estamos cerrados; abrimos de nuevo el",
)
BREAK, PAUSA = (
    "As we send this we are on a break; we are back on",
    "Al enviarle este aviso estamos en una pausa; volvemos el",
)
DAY, DIA = (
    "We are closed on {} and open again on",
    "El {} estamos cerrados; abrimos de nuevo el",
)


@pytest.mark.parametrize(
    ("at", "text", "closed", "opens", "due"),
    [
        (
            madrid(3, 14, 20),
            ENGLISH,
            CLOSED,
            "Monday 17 March at 09:00",
            "Monday 17 March at 18:00",
        ),
        (
            madrid(3, 14, 20),
            SPANISH,
            CERRADOS,
            "lunes 17 de marzo a las 09:00",
            "lunes 17 de marzo a las 18:00",
        ),
        (
            madrid(3, 16, 11),
            ENGLISH,
            DAY.format("Sunday 16 March"),
            "Monday 17 March at 09:00",
            "Monday 17 March at 18:00",
        ),
        (
            madrid(3, 16, 11),
            SPANISH,
            DIA.format("domingo 16 de marzo"),
            "lunes 17 de marzo a las 09:00",
            "lunes 17 de marzo a las 18:00",
        ),
        (
            madrid(5, 1, 10),
            ENGLISH,
            DAY.format("Thursday 1 May (Labor Day)"),
            "Monday 5 May at 09:00",
            "Monday 5 May at 18:00",
        ),
        (
            madrid(5, 1, 10),
            SPANISH,
            DIA.format("jueves 1 de mayo (Fiesta del Trabajo)"),
            "lunes 5 de mayo a las 09:00",
            "lunes 5 de mayo a las 18:00",
        ),
        (
            madrid(5, 16, 10),
            ENGLISH,
            DAY.format("Friday 16 May"),
            "Monday 19 May at 09:00",
            "Monday 19 May at 18:00",
        ),
        (
            madrid(3, 10, 14, 20),
            ENGLISH,
            BREAK,
            "Monday 10 March at 15:00",
            "Tuesday 11 March at 14:00",
        ),
        (
            madrid(3, 10, 14, 20),
            SPANISH,
            PAUSA,
            "lunes 10 de marzo a las 15:00",
            "martes 11 de marzo a las 14:00",
        ),
        (
            madrid(12, 31, 19),
            SPANISH,
            CERRADOS,
            "viernes 2 de enero de 2026 a las 09:00",
            "viernes 2 de enero de 2026 a las 18:00",
        ),
    ],
    ids=[
        *("Friday evening", "viernes por la tarde", "Sunday", "domingo", "holiday", "festivo"),
        *("own closed day", "lunch break", "pausa", "fin de año"),
    ],
)
def test_who_writes_to_a_closed_desk_reads_when_it_opens_and_answers(
    office: Office, at: datetime, text: str, closed: str, opens: str, due: str
) -> None:
    """The acknowledgement says in the customer's language that we are closed, on a holiday which
    one, when we open again, and before which moment a person answers: the deadline itself."""
    office.open(deadlines=HOURS)
    write(office, at, text)
    assert f"{closed} {opens}. {ANSWERED[text].format(due=due)}" in told(office)


@pytest.mark.parametrize(
    ("at", "due", "said"),
    [
        (madrid(3, 28, 17), datetime(2025, 3, 31, 15, tzinfo=UTC), "Monday 31 March at 17:00"),
        (madrid(10, 24, 17), datetime(2025, 10, 27, 16, tzinfo=UTC), "Monday 27 October at 17:00"),
    ],
)
def test_an_open_desk_promises_the_same_hour_on_both_sides_of_a_change_of_clocks(
    office: Office, at: datetime, due: datetime, said: str
) -> None:
    """Eight working hours from a Friday's last but one end on Monday at five by the clock on the
    wall, and nothing is said of closing."""
    office.open(deadlines=HOURS)
    write(office, at, ENGLISH)
    read = told(office)
    assert f"answer you before {said} (Madrid time)." in read
    assert "open again" not in read
    assert office.ticket.due_at == due


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (madrid(3, 29, 22), "domingo 30 de marzo a las 07:00"),
        (madrid(10, 25, 22), "domingo 26 de octubre a las 05:00"),
        (madrid(10, 25, 17, 30), "domingo 26 de octubre a la 01:30"),
    ],
)
def test_a_desk_that_never_closes_promises_real_hours_over_a_change_of_clocks(
    office: Office, at: datetime, said: str
) -> None:
    """Eight hours are eight hours, whatever the clock on the wall makes of them."""
    write(office, at, SPANISH)
    assert f"le responderá antes del {said} (hora de Madrid)." in told(office)
    assert office.ticket.due_at == at.astimezone(UTC) + timedelta(hours=8)


def test_two_mailboxes_each_keep_their_own_calendar(
    office: Office, new_dovecot_user: Callable[[], MailUser]
) -> None:
    """At the same moment of the fourth of July Madrid works and New York has its holiday; each
    customer reads the times of the mailbox they wrote to."""
    own = """
    [mailbox.deadlines]
    timezone = "America/New_York"
    answer_within = "3h"
    [mailbox.deadlines.hours]
    mon = ["08:30-17:00"]
    fri = ["08:30-17:00"]
    [mailbox.deadlines.holidays]
    country = "US"
    """
    office.add_mailbox(new_dovecot_user(), name="us", address="us@example.com", own=own)
    office.open(deadlines=HOURS)
    office.clock.now = datetime(2025, 7, 4, 15, tzinfo=UTC)
    office.receive(complaint(text=ENGLISH))
    office.receive(complaint("jo@customer.test", text=ENGLISH, to="us@example.com"), mailbox="us")

    assert "answer you before Monday 7 July at 17:00 (Madrid time)." in told(office)
    read = told(office, "us", "jo@customer.test")
    assert f"{DAY.format('Friday 4 July (Independence Day)')} Monday 7 July at 08:30." in read
    assert "answer you before Monday 7 July at 11:30 (New York time)." in read


def test_a_promise_still_ends_after_its_notice_was_written_anew(office: Office) -> None:
    """What was rewritten when we opened and could not be sent before the answer was due is written
    once more: no time that has passed, and when we open next."""
    [office.smtp_port] = free_ports(1)
    office.open(deadlines=HOURS)
    write(office, madrid(3, 14, 20), ENGLISH)
    office.run()
    office.clock.now = madrid(3, 17, 9).astimezone(UTC)
    office.run()
    office.clock.now = madrid(3, 17, 19).astimezone(UTC)
    office.smtp_port = office.sink.port
    office.reopen(ladder="")

    late = told(office)

    assert "later than it should" in late
    assert "before Monday" not in late
    assert "As we send this we are closed; we open again on Tuesday 18 March at 09:00." in late


def test_an_acknowledgement_that_leaves_after_we_opened_says_nothing_of_closing(
    office: Office,
) -> None:
    """What was written on Friday evening is written anew on Monday, with the time that holds."""
    [office.smtp_port] = free_ports(1)
    office.open(deadlines=HOURS)
    write(office, madrid(3, 14, 20), ENGLISH)
    office.run()
    office.clock.now = madrid(3, 17, 9, 30).astimezone(UTC)
    office.smtp_port = office.sink.port
    office.reopen()

    read = told(office)

    assert "closed" not in read
    assert "answer you before Monday 17 March at 18:00 (Madrid time)." in read


def test_each_half_of_a_mail_in_two_languages_names_the_holiday(office: Office) -> None:
    """Who writes too little to tell the language reads of the holiday in both."""
    office.open(deadlines=HOURS)
    write(office, madrid(12, 8, 12), "20417\n", subject="20417")
    read = told(office)
    assert "closed on Monday 8 December (Immaculate Conception) and open again on Tuesday" in read
    assert "El lunes 8 de diciembre (Inmaculada Concepción) estamos cerrados" in read
    assert "before Tuesday 9 December at 18:00 (Madrid time)" in read
    assert "antes del martes 9 de diciembre a las 18:00 (hora de Madrid)" in read


def test_the_angry_and_those_who_write_again_read_it_too(office: Office) -> None:
    """Their notices say when we open and the time that holds for them."""
    office.open(deadlines=HOURS, acknowledge="follow_up_notice = true")
    write(office, madrid(3, 15, 12), FURIOUS)
    read = told(office)
    assert "We are closed on Saturday 15 March and open again on Monday 17 March at 09:00." in read
    assert "answer you before Monday 17 March at 11:00 (Madrid time)." in read

    office.clock.now = madrid(3, 17, 8).astimezone(UTC)
    office.receive(
        complaint(
            text=f"One more thing.\n\n{ENGLISH}", number=2, In_Reply_To="<emma-1@customer.test>"
        )
    )
    read = told(office)
    assert "with your earlier message" in read
    assert (
        "we open again on Monday 17 March at 09:00. A person will answer you before Monday" in read
    )
