"""The queue's query for what stands behind a bar."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.store.searching_about import ANYTHING, WAITS, About
from mailresponder.web import behind

MADRID = ZoneInfo("Europe/Madrid")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MADRID).astimezone(UTC)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ANYTHING),
        ({"week": "2026-11-25"}, About(since=at("2026-11-23"), until=at("2026-11-30"))),
        ({"week": "2026-10-19"}, About(since=at("2026-10-19"), until=at("2026-10-26"))),
        ({"since": "2026-11-23T12:30:00+00:00"}, About(since=at("2026-11-23 13:30"))),
        ({"defect": "7", "waits": "3d"}, About(defect=7, waits="3d")),
        ({"since": "x", "until": "0001-01-01", "week": "9999-12-31", "defect": "²"}, ANYTHING),
        ({"since": "2026-11-23T12:30", "waits": "long", "defect": "9" * 20}, ANYTHING),
    ],
)
def test_a_query_is_understood(query: dict[str, str], expected: About) -> None:
    """What it cannot mean is left out."""
    assert behind.asked(query, MADRID) == expected


MOMENTS = st.none() | st.datetimes(
    min_value=at("2000-01-01").replace(tzinfo=None),
    max_value=at("2100-01-01").replace(tzinfo=None),
    timezones=st.just(UTC),
)


@given(
    theme=st.text(max_size=9),
    since=MOMENTS,
    until=MOMENTS,
    defect=st.none() | st.integers(0, 999),
    waits=st.sampled_from(["", *WAITS]),
)
def test_what_is_written_is_read_as_it_was(
    theme: str,
    since: datetime | None,
    until: datetime | None,
    defect: int | None,
    waits: str,
) -> None:
    """A bar leads to exactly its tickets, to the microsecond."""
    about = About(theme=theme, since=since, until=until, defect=defect, waits=waits)

    assert behind.asked(behind.fields(MADRID, about), MADRID) == about


def test_the_last_day_is_the_one_before_midnight() -> None:
    """A week that ends at Monday's midnight has Sunday as its last day."""
    assert behind.last_day(at("2026-11-30"), MADRID).isoformat() == "2026-11-29"
    assert behind.last_day(at("2026-11-30 00:01"), MADRID).isoformat() == "2026-11-30"
