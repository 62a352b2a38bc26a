"""What `check` says of the desk's calendar, and of each mailbox's that is another."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from mailresponder.config import Config
from mailresponder.config.sections import DeadlineSettings
from mailresponder.errors import PermanentFailure


def different(config: Config) -> Iterator[tuple[str, DeadlineSettings, ZoneInfo]]:
    """The calendars in use: each one's name, as `calendar` or `orders.calendar`, its settings
    and its zone."""
    desk, zone = config.deadlines, config.desk.timezone
    yield "calendar", desk, zone
    for mailbox in config.mailboxes:
        own, there = config.deadlines_of(mailbox), config.zone_of(mailbox.name)
        if (own.hours, own.holidays, there) != (desk.hours, desk.holidays, zone):
            yield f"{mailbox.name}.calendar", own, there


def told(deadlines: DeadlineSettings, zone: ZoneInfo, now: datetime) -> str:
    """Whether the desk is open or opens when, whose holidays it keeps and its next closed day.

    Raises PermanentFailure where it never opens again.
    """
    hours = deadlines.business_hours(zone)
    try:
        opens = hours.next_open(now)
    except ValueError as error:
        raise PermanentFailure(str(error), mend="check [deadlines.hours] and holidays") from error
    state = "open now" if hours.is_open(now) else f"opens {opens.astimezone(zone):%Y-%m-%d %H:%M}"
    holidays = deadlines.holidays
    where = "-".join(filter(None, (holidays.country, holidays.subdivision)))
    kept = f"holidays of {where}" if where else "no public holidays"
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=n) for n in range(366))
    closed = next((day for day in days if day in hours.closed_days), None)
    following = f", next closed day {closed.isoformat()}" if closed else ""
    return f"{state} ({zone.key}), {kept}{following}"
