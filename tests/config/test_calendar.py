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


def test_holidays_have_names_in_the_languages_of_the_country() -> None:
    """A name is the country's own where it has one, whatever the machine's locale says, and empty
    in a language nobody has named it in."""
    spain = ClosedDays(country="ES", subdivision="MD", extra=frozenset({date(2025, 5, 15)}))
    assert spain.name(date(2025, 5, 1), "es") == "Fiesta del Trabajo"
    assert spain.name(date(2025, 5, 1), "en") == "Labor Day"
    assert spain.name(date(2025, 5, 2), "es") == "Fiesta de la Comunidad de Madrid"
    assert spain.name(date(2025, 5, 1), "de") == ""
    assert spain.name(date(2025, 5, 15), "es") == spain.name(date(2025, 5, 16), "es") == ""
    assert ClosedDays(country="GB", subdivision="ENG").name(date(2025, 5, 5), "en") == "May Day"
    assert ClosedDays(country="US").name(date(2025, 7, 4), "es") == ""
    assert ClosedDays().name(date(2025, 12, 25), "en") == ""


def test_a_holiday_s_name_is_the_holiday_s_alone() -> None:
    """That it was moved to another day is not part of it."""
    assert ClosedDays(country="US").name(date(2026, 7, 3), "en") == "Independence Day"


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
