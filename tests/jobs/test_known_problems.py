"""What acknowledgements say of a known problem, and say no more when it is over."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from desks import text_of
from offices import EMMA, Office, complaint
from servers.dovecot import free_ports

from mailresponder.jobs import defects
from mailresponder.jobs.acts import Hand
from mailresponder.policy.defects import Defect

KNOWN = {"en": "We know that the app crashes.", "es": "Sabemos que la aplicación se cierra."}
CRASHES = "Hello,\n\nthe app crashes whenever I log in. Please help.\n\nThanks\n"


def hand_in(office: Office, do: Callable[[Hand, Defect], object]) -> None:
    """Do something to the defect, as the page and the command line do."""
    with office.app.store.begin() as conn:
        hand = Hand(conn=conn, now=office.clock.now, by="ana@example.com")
        do(hand, defects.named(conn, "app"))


def is_known(office: Office, **until: Any) -> None:
    """The desk has a defect of which acknowledgements speak."""
    with office.app.store.begin() as conn:
        hand = Hand(conn=conn, now=office.clock.now, by="ana@example.com")
        added = defects.add(hand, "App crashes", words={"en": ("app crash",)})
        defects.know(hand, added, KNOWN, **until)


def waits_while(office: Office, happens: Callable[[Office], object], **until: Any) -> str:
    """What an acknowledgement says that could not be sent for a while, in which this happened."""
    [office.smtp_port] = free_ports(1)
    office.open()
    is_known(office, **until)
    office.receive(complaint(EMMA, subject="App problem", text=CRASHES))
    office.run()
    assert [row.state for row in office.outbox("acknowledgement")] == ["queued"]
    happens(office)
    office.smtp_port = office.sink.port
    office.clock.advance(minutes=5)
    office.reopen(ladder="")
    office.run_well()
    [mail] = office.sent_to(EMMA)
    return " ".join(text_of(mail).split())


def fixed(office: Office) -> None:
    hand_in(office, defects.fix)


def said_otherwise(office: Office) -> None:
    hand_in(office, lambda hand, it: defects.know(hand, it, {"en": "An update is on its way."}))


def removed(office: Office) -> None:
    hand_in(office, defects.remove)


@pytest.mark.parametrize(
    ("happens", "says", "no_more"),
    [
        (lambda _: None, KNOWN["en"], "An update"),
        (fixed, "has reached Acme Support", KNOWN["en"]),
        (removed, "has reached Acme Support", KNOWN["en"]),
        (said_otherwise, "An update is on its way.", KNOWN["en"]),
    ],
)
def test_what_waits_says_what_is_true_when_it_is_sent(
    office: Office, happens: Callable[[Office], object], says: str, no_more: str
) -> None:
    """A problem that was known when the mail was written and is mended, removed or told otherwise
    when it leaves."""
    told = waits_while(office, happens)
    assert says in told
    assert no_more not in told


def test_what_waits_beyond_the_time_of_a_known_problem_says_nothing_of_it(office: Office) -> None:
    """Its sentence was to be said until a time that has passed."""
    until = office.clock.now + timedelta(hours=1)
    told = waits_while(office, lambda office: office.clock.advance(hours=1), until=until)
    assert "has reached Acme Support" in told
    assert KNOWN["en"] not in told
