from datetime import timedelta

import pytest
from making import NOON

from mailresponder.web.throttle import (
    A_MINUTE,
    STRANGERS_A_MINUTE,
    TRIES,
    TRIES_FROM_AN_ADDRESS,
    WINDOW,
    Limit,
    Throttle,
    limits,
)

SECOND = timedelta(seconds=1)


def of(address: str = "192.0.2.1", name: str = "ana", known: str = "") -> tuple[Limit, ...]:
    return limits(address=address, name=name, known=known)


def tries(throttle: Throttle, whose: tuple[Limit, ...], number: int) -> int:
    """How many of so many tries, a minute apart, were admitted."""
    return sum(not throttle.admit(whose, NOON + n * A_MINUTE) for n in range(number))


def test_a_guesser_has_five_tries_in_a_quarter_of_an_hour() -> None:
    """The sixth is refused, with how long to wait; after that there is one more, no five."""
    throttle = Throttle()
    assert tries(throttle, of(), TRIES) == TRIES

    last = NOON + TRIES * A_MINUTE
    assert throttle.admit(of(), last) == WINDOW - TRIES * A_MINUTE
    assert not throttle.admit(of(), NOON + WINDOW)
    assert throttle.admit(of(), NOON + WINDOW)


@pytest.mark.parametrize("spelling", ["JOSÉ", " josé", "josé ", "jose\u0301"])
def test_a_name_is_the_same_however_it_is_spelt(spelling: str) -> None:
    """Whoever varies the spelling of a name, in ways that lead to the same user, has no more
    tries."""
    throttle = Throttle()
    tries(throttle, of(name="josé"), TRIES)

    assert throttle.admit(of(name=spelling), NOON + WINDOW - SECOND)


def test_an_address_that_tries_every_name_is_stopped() -> None:
    """Changing the name helps a guesser for twenty tries; a /64 of IPv6 is one address."""
    for address in ("192.0.2.1", "2001:db8::{}", "::ffff:192.0.2.1"):
        throttle = Throttle()
        admitted = [
            not throttle.admit(of(address.format(n), f"name{n}"), NOON + n * 10 * SECOND)
            for n in range(60)
        ]
        assert sum(admitted) == TRIES_FROM_AN_ADDRESS


def test_all_strangers_together_cannot_keep_the_machine_busy() -> None:
    """From a thousand addresses only so many tries a minute cost anything."""
    throttle = Throttle()
    admitted = [not throttle.admit(of(f"198.51.100.{n}", f"n{n}"), NOON) for n in range(200)]

    assert sum(admitted) == STRANGERS_A_MINUTE
    assert not throttle.admit(of("203.0.113.1", "eva"), NOON + A_MINUTE)


def test_strangers_cannot_keep_out_a_browser_that_is_known() -> None:
    """With every other try used up, for ever, whoever has signed in before may still try."""
    throttle = Throttle()
    for number in range(600):
        throttle.admit(of("192.0.2.1", "ana"), NOON + number * SECOND)
    now = NOON + 600 * SECOND
    assert throttle.admit(of("192.0.2.1", "ana"), now)

    assert not throttle.admit(of("192.0.2.1", "ana", known="laptop"), now)


def test_a_browser_that_is_known_has_five_tries_too() -> None:
    """A stolen laptop is no way to guess."""
    assert tries(Throttle(), of(known="laptop"), 10) == TRIES


def test_slips_are_forgiven() -> None:
    """Who signs in after four wrong tries begins anew."""
    throttle = Throttle()
    tries(throttle, of(), TRIES)
    throttle.forgive(of())

    assert tries(throttle, of(), TRIES) == TRIES


def test_signing_in_gives_no_more_guesses_at_others() -> None:
    """Who has one password cannot wipe out the tries at another's by using it."""
    throttle = Throttle()
    admitted = 0
    for number in range(40):
        now = NOON + number * 4 * SECOND
        if not throttle.admit(of(name="eva"), now):
            throttle.forgive(of(name="eva"))
        admitted += not throttle.admit(of(name=f"name{number}"), now)

    assert admitted == TRIES_FROM_AN_ADDRESS


def test_nothing_is_remembered_for_ever() -> None:
    """After the window the memory of a flood is empty."""
    throttle = Throttle()
    for number in range(1000):
        throttle.admit(of(f"2001:db8:{number:x}::1", "ana"), NOON + number * SECOND)
    throttle.admit(of(known="laptop"), NOON + 1000 * SECOND + WINDOW)

    assert list(throttle._tries) == [("known", "laptop")]
