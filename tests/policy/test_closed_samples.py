"""A desk's own hours decide when its invented customers meet a closed door."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailresponder.policy.closed_samples import closed_moments
from mailresponder.policy.deadlines import MIDNIGHT, BusinessHours, Window
from mailresponder.policy.opening import closure
from mailresponder.policy.samples import DESK, NOW, samples

MADRID = ZoneInfo("Europe/Madrid")
SPLIT: tuple[Window, ...] = ((time(9), time(14)), (time(15), time(18)))
CHRISTMAS, BRIDGE = date(2026, 12, 25), date(2026, 12, 24)
LONG_DAYS = BusinessHours(
    timezone=MADRID,
    windows=dict.fromkeys(range(5), SPLIT),
    closed_days=frozenset({CHRISTMAS, BRIDGE}),
    holiday_name=lambda day, language: "Navidad" if (day, language) == (CHRISTMAS, "es") else "",
)


def office(hours: BusinessHours):
    return replace(DESK, deadlines=replace(DESK.deadlines, hours=hours))


@pytest.mark.parametrize("name", ["acknowledgement", "acknowledgement_angry", "follow_up"])
def test_what_a_closed_desk_says_is_true_of_its_hours(name: str) -> None:
    """It opens when it opens, for the reason there is, and the answer is due in working time."""
    desk = office(LONG_DAYS)
    told = {
        case: (given["closed_for"], given["opens_at"], given["answer_by"])
        for case, given in samples(name, "en", desk).items()
        if given.get("out_of_hours")
    }

    def madrid(month: int, day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, month, day, hour, minute, tzinfo=MADRID).astimezone(UTC)

    angry = name == "acknowledgement_angry"
    monday = madrid(12, 28, 9)
    assert told == {
        "out of hours": ("off_hours", madrid(11, 24, 9), madrid(11, 24, 11 if angry else 18)),
        "lunch break": (
            "break",
            madrid(11, 23, 15),
            madrid(11, 23, 17) if angry else madrid(11, 24, 14),
        ),
        "day off": ("day_off", madrid(11, 30, 9), madrid(11, 30, 11 if angry else 18)),
        "holiday": ("holiday", monday, madrid(12, 28, 11 if angry else 18)),
        "own closed day": ("holiday", monday, madrid(12, 28, 11 if angry else 18)),
        "late, on a holiday": ("holiday", monday, None),
    }
    assert samples(name, "en", desk).keys() == samples(name, "en").keys()


def test_a_reason_the_desk_does_not_know_keeps_its_hours() -> None:
    """Whoever has no closed day of their own is still shown an hour at which they open."""
    desk = office(replace(LONG_DAYS, closed_days=frozenset()))
    for given in samples("acknowledgement", "en", desk).values():
        opens_at = given["opens_at"]
        assert opens_at is None or LONG_DAYS.is_open(opens_at)


@pytest.mark.parametrize(
    ("hours", "cases"),
    [
        (BusinessHours(timezone=MADRID), set()),
        (LONG_DAYS, {"out of hours", "lunch break", "day off", "holiday", "own closed day"}),
        (
            BusinessHours(timezone=MADRID, closed_days=frozenset({BRIDGE})),
            {"own closed day"},
        ),
        (
            BusinessHours(timezone=MADRID, windows=dict.fromkeys(range(7), ((time(8), MIDNIGHT),))),
            {"out of hours"},
        ),
        (
            BusinessHours(
                timezone=ZoneInfo("America/New_York"), windows={6: ((time(1), time(23, 59)),)}
            ),
            {"out of hours", "day off"},
        ),
    ],
)
def test_each_moment_is_one_of_its_case(hours: BusinessHours, cases: set[str]) -> None:
    """Ahead, within a year, and with nothing that the desk does not know."""
    found = closed_moments(hours, NOW, ("en", "es"))
    assert found.keys() == cases
    for at in found.values():
        assert NOW <= at < NOW + timedelta(days=371)
        assert closure(hours, at, ("en", "es")) is not None
