"""Closed days by country and region."""

import subprocess
import sys
from datetime import date

from mailresponder.config.calendar import ClosedDays


def test_without_a_country_only_extra_days_are_closed() -> None:
    """Nobody's holidays are assumed."""
    days = ClosedDays(extra=frozenset({date(2027, 5, 15)}))
    assert date(2027, 5, 15) in days
    assert date(2027, 1, 1) not in days


def test_holidays_of_any_year_are_known() -> None:
    """Years are reckoned as they are asked for, Easter among them."""
    days = ClosedDays(country="ES")
    assert date(2026, 12, 25) in days
    assert date(2027, 3, 26) in days
    assert date(2035, 1, 1) in days
    assert date(2027, 3, 25) not in days


def test_a_region_has_its_own_holidays() -> None:
    """The second of May is Madrid's, not all of Spain's."""
    day = date(2025, 5, 2)
    assert day in ClosedDays(country="ES", subdivision="MD")
    assert day not in ClosedDays(country="ES")


def test_only_a_day_can_be_closed() -> None:
    """Anything else is simply not in it."""
    assert "2026-12-25" not in ClosedDays(country="ES")


def test_holidays_are_not_loaded_without_a_country() -> None:
    """The package costs start-up time that a desk without holidays does not pay."""
    code = (
        "import sys, datetime\n"
        "from mailresponder.config.calendar import ClosedDays\n"
        "assert datetime.date(2027, 1, 1) not in ClosedDays()\n"
        "assert 'holidays' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
