from datetime import UTC, datetime, timedelta

import pytest

from mailresponder.errors import PermanentFailure
from mailresponder.jobs.results import CheckResult, tried
from mailresponder.jobs.server_check import clock_against, tls
from mailresponder.transport.tls_look import Certificate

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def judged(*, left: timedelta, life: timedelta = 90 * DAY) -> CheckResult:
    """What is said of a certificate with so much left of so long a life."""
    certificate = Certificate(
        names=tuple(f"mail{n}.example.com" for n in range(7)),
        issuer="Some CA",
        begins=NOW + left - life,
        ends=NOW + left,
    )
    return tried("a", lambda: tls("TLSv1.3", certificate, NOW))


@pytest.mark.parametrize(
    ("left", "life", "ok", "warning"),
    [
        (30 * DAY, 90 * DAY, True, False),
        (14 * DAY, 90 * DAY, True, False),
        (13 * DAY, 90 * DAY, True, True),
        (3 * DAY, 365 * DAY, True, True),
        (2 * DAY, 90 * DAY, False, False),
        (-DAY, 90 * DAY, False, False),
        (3 * DAY, 6 * DAY, True, False),
        (DAY, 6 * DAY, True, True),
        (DAY / 5, 6 * DAY, False, False),
    ],
)
def test_a_certificate_warns_before_it_fails(
    left: timedelta, life: timedelta, ok: bool, warning: bool
) -> None:
    """Two weeks before its end it is a warning, three days before it a failure; one of a few days
    is judged by its own life."""
    found = judged(left=left, life=life)

    assert (found.ok, found.warning) == (ok, warning)


def test_a_certificate_is_told() -> None:
    """Version, some of its names, by whom, until when."""
    assert judged(left=30 * DAY).detail == (
        "TLSv1.3, certificate for mail0.example.com, mail1.example.com, mail2.example.com, "
        "mail3.example.com, mail4.example.com and 2 more by Some CA, good for 30 days until "
        "2026-12-23"
    )
    assert "good for 4 h 48 min" in judged(left=DAY / 5, life=6 * DAY).detail
    assert judged(left=-DAY).mend.endswith("when it ends, no mail is read or sent")


@pytest.mark.parametrize(
    ("off", "expected"),
    [
        (timedelta(seconds=30), "within 1 min of the clock of mx"),
        (timedelta(minutes=5), "this machine's clock is 5 min behind the clock of mx"),
        (timedelta(minutes=-5), "this machine's clock is 5 min ahead of the clock of mx"),
    ],
)
def test_clocks_are_compared(off: timedelta, expected: str) -> None:
    """Either may be ahead; some minutes are a warning."""
    found = tried("a", lambda: clock_against("mx", NOW + off, NOW))

    assert found.ok
    assert found.detail == expected
    assert found.warning == (abs(off) >= timedelta(minutes=1))


def test_a_clock_that_is_far_off_fails() -> None:
    """Deadlines would be told wrongly."""
    with pytest.raises(PermanentFailure, match="2 d ahead"):
        clock_against("mx", NOW - 2 * DAY, NOW)
