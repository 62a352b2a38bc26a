"""What the program makes of a configuration: places on disk and the desk of a mailbox."""

import stat
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailresponder.config import Config, load
from mailresponder.errors import MailresponderError
from mailresponder.mail.message import Address

TWO = """
[desk]
name = "Acme Support"
timezone = "Europe/Madrid"
{desk}
[[mailbox]]
name = "support"
address = "Support@EXAMPLE.com"
aliases = ["help@bücher.example"]
own_lists = ["Acme Support <Support.Example.com>", "other.example.com"]
[mailbox.imap]
host = "imap.example.com"
username = "support@example.com"
password_env = "PW"
[mailbox.smtp]
host = "smtp.example.com"
[[mailbox]]
name = "orders"
address = "orders@example.com"
[mailbox.imap]
host = "imap.example.com"
username = "orders@example.com"
password_env = "PW"
[mailbox.smtp]
host = "smtp.example.com"
{orders}
[staff]
addresses = ["*@Example.com"]
trusted_authserv_id = "mx.example.com"
[deadlines]
{deadlines}
[deadlines.hours]
mon = ["15:00-18:00", "09:00-14:00"]
sun = ["00:00-24:00"]
[deadlines.holidays]
country = "ES"
subdivision = "MD"
extra_closed_days = ["2027-05-17"]
[[escalation]]
after = "0m"
to = ["lead@example.com"]
repeat_every = "4h"
[acknowledge]
follow_up_notice = true
spam = true
max_per_recipient_per_day = 3
blocked_senders = ["*@Spam.test"]
"""


def config(folder: Path, *, desk: str = "", deadlines: str = "", orders: str = "") -> Config:
    path = folder / "config.toml"
    path.write_text(TWO.format(desk=desk, deadlines=deadlines, orders=orders))
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return load(path)


def test_a_file_that_was_written_again_has_changed(tmp_path: Path) -> None:
    """Its content tells, not its time; one that is gone has changed too."""
    desk = config(tmp_path)
    content = desk.path.read_bytes()
    desk.path.write_bytes(content)
    assert not desk.has_changed()

    desk.path.write_bytes(content.replace(b"Acme", b"Luna"))
    assert desk.has_changed()
    desk.path.unlink()
    assert desk.has_changed()


def test_a_desk_is_one_mailbox_of_all(tmp_path: Path) -> None:
    """Each mailbox has its own address and lists, and knows the addresses of all."""
    desk = config(tmp_path).desk_for("support")
    assert desk.mailbox == "support"
    assert desk.address == Address(email="Support@example.com", name="Acme Support")
    assert desk.own_lists == {"support.example.com", "other.example.com"}
    assert "orders@example.com" not in desk.addresses
    assert "orders@example.com" in desk.own_addresses
    assert desk.addresses < desk.own_addresses


def test_what_all_mailboxes_share_is_made_once(tmp_path: Path) -> None:
    """Thousands of mailboxes have one set of the desk's addresses, not one each."""
    both = config(tmp_path)

    assert both.desk_for("support").own_addresses is both.desk_for("orders").own_addresses


def test_a_desk_knows_both_spellings_of_its_domain(tmp_path: Path) -> None:
    """Mail to the A-label form of one of our domains is mail to us."""
    desk = config(tmp_path).desk_for("support")
    assert desk.is_own(Address(email="help@bücher.example"))
    assert desk.is_own(Address(email="HELP@xn--bcher-kva.example"))


def test_a_desk_has_its_rules(tmp_path: Path) -> None:
    """Staff, ladder and caps are those of the file, addresses casefolded."""
    desk = config(tmp_path).desk_for("orders")
    assert desk.is_staff(Address(email="Ana@EXAMPLE.com"))
    assert not desk.is_staff(Address(email="support@example.com"))
    assert desk.staff.trusted_authserv_id == "mx.example.com"
    assert desk.ladder[0].to == ("lead@example.com",)
    assert desk.ladder[0].repeat_every == timedelta(hours=4)
    assert desk.acknowledging.blocked_senders == ("*@spam.test",)
    assert desk.acknowledging.follow_up_notice
    assert desk.acknowledging.spam
    assert desk.acknowledging.max_per_recipient_per_day == 3
    assert desk.acknowledging.max_per_recipient_per_hour == 10


def test_the_calendar_of_a_desk(tmp_path: Path) -> None:
    """Windows are in order, and regional holidays and extra days are closed."""
    hours = config(tmp_path).desk_for("support").deadlines.hours
    assert hours.timezone == ZoneInfo("Europe/Madrid")
    assert hours.windows is not None
    assert hours.windows[0] == ((time(9), time(14)), (time(15), time(18)))
    assert hours.windows[1] == ()
    assert hours.windows[6] == ((time(0), time(0)),)
    assert date(2026, 5, 2) in hours.closed_days
    assert date(2027, 5, 17) in hours.closed_days
    # Christmas is a Friday; the 28th a Monday like any other.
    assert date(2026, 12, 28) not in hours.closed_days
    closed_monday = datetime(2027, 5, 17, 7, tzinfo=UTC)
    assert not hours.is_open(closed_monday)
    assert hours.is_open(closed_monday + timedelta(days=7))


@pytest.mark.parametrize(
    ("deadlines", "angry"),
    [
        ("", timedelta(hours=2)),
        ('answer_within = "30m"', timedelta(minutes=30)),
        ('answer_within = "30m"\nangry_answer_within = "1h"', timedelta(hours=1)),
    ],
)
def test_the_angry_never_wait_longer_by_default(
    tmp_path: Path, deadlines: str, angry: timedelta
) -> None:
    """A shorter deadline for all is one for the angry too, unless the file says otherwise."""
    desk = config(tmp_path, deadlines=deadlines).desk_for("support")
    assert desk.deadlines.angry_answer_within == angry


def test_a_mailbox_has_deadlines_of_its_own(tmp_path: Path) -> None:
    """What `[mailbox.deadlines]` gives holds for that mailbox alone, what it leaves out is the
    desk's."""
    own = """
    [mailbox.deadlines]
    timezone = "Atlantic/Canary"
    warn_before = "30m"
    """
    loaded = config(tmp_path, deadlines='answer_within = "4h"\nwarn_before = "1h"', orders=own)
    support, orders = (loaded.desk_for(name).deadlines for name in ("support", "orders"))

    assert orders.hours.timezone == ZoneInfo("Atlantic/Canary")
    assert support.hours.timezone == ZoneInfo("Europe/Madrid")
    assert (orders.warn_before, support.warn_before) == (timedelta(minutes=30), timedelta(hours=1))
    assert orders.answer_within == support.answer_within == timedelta(hours=4)
    assert orders.hours.windows == support.hours.windows
    assert orders.hours.closed_days == support.hours.closed_days


def test_hours_and_holidays_of_a_mailbox_replace_the_desks_as_a_whole(tmp_path: Path) -> None:
    """A weekday that it leaves out is free, and so no day but its own is a holiday."""
    hours = '[mailbox.deadlines.hours]\ntue = ["10:00-12:00"]'
    orders = config(tmp_path, orders=hours).desk_for("orders").deadlines.hours
    assert orders.windows is not None
    assert orders.windows[0] == orders.windows[6] == ()
    assert date(2026, 12, 25) in orders.closed_days

    holidays = "[mailbox.deadlines.holidays]\nextra_closed_days = [2027-06-01]"
    orders = config(tmp_path, orders=holidays).desk_for("orders").deadlines.hours
    assert orders.windows is not None
    assert orders.windows[0] == ((time(9), time(14)), (time(15), time(18)))
    assert date(2027, 6, 1) in orders.closed_days
    assert date(2026, 12, 25) not in orders.closed_days
    assert date(2027, 5, 17) not in orders.closed_days


def test_the_angry_never_wait_longest_where_a_mailbox_is_faster(tmp_path: Path) -> None:
    """The desk's time for the angry is cut to the mailbox's own time for all."""
    loaded = config(
        tmp_path,
        deadlines='angry_answer_within = "2h"',
        orders='[mailbox.deadlines]\nanswer_within = "1h"',
    )
    assert loaded.desk_for("orders").deadlines.angry_answer_within == timedelta(hours=1)
    assert loaded.desk_for("support").deadlines.angry_answer_within == timedelta(hours=2)


def test_a_mailbox_has_ladders_of_its_own(tmp_path: Path) -> None:
    """Its own ladder replaces the desk's, each kind for itself; an empty one is none."""
    own = '[[mailbox.escalation]]\nafter = "1h"\nto = ["orders-lead@example.com"]'
    loaded = config(tmp_path, orders=own)
    assert [step.to for step in loaded.desk_for("orders").ladder] == [("orders-lead@example.com",)]
    assert [step.to for step in loaded.desk_for("support").ladder] == [("lead@example.com",)]
    assert loaded.desk_for("orders").angry_ladder == ()


def test_an_unknown_mailbox_is_an_error_in_words(tmp_path: Path) -> None:
    """The error lists the mailboxes there are."""
    with pytest.raises(MailresponderError, match="support, orders"):
        config(tmp_path).desk_for("sales")


@pytest.mark.parametrize(
    ("written", "opened"),
    [
        ("", "sqlite:///{folder}/mailresponder.db"),
        ('database = "sqlite:///data/desk.db"', "sqlite:///{folder}/data/desk.db"),
        ('database = "sqlite:////var/lib/desk.db"', "sqlite:////var/lib/desk.db"),
        (
            'database = "postgresql://u:p@db.test:5432/desk?sslmode=require"',
            "postgresql+psycopg://u:p@db.test:5432/desk?sslmode=require",
        ),
    ],
)
def test_the_database(tmp_path: Path, written: str, opened: str) -> None:
    """SQLite files are beside the configuration unless absolute; PostgreSQL means psycopg."""
    assert config(tmp_path, desk=written).database_url() == opened.format(folder=tmp_path)


def test_places_are_beside_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However the file was named, its places are absolute and do not move with a `chdir`."""
    config(tmp_path)
    monkeypatch.chdir(tmp_path)
    loaded = load(Path("config.toml"))
    assert loaded.path == tmp_path / "config.toml"
    assert loaded.templates_folder == tmp_path / "templates"
    assert loaded.secret_path == tmp_path / "mailresponder.secret"
    moved = config(tmp_path, desk='templates = "/srv/t"\nsecret_file = "keys/secret"')
    assert moved.templates_folder == Path("/srv/t")
    assert moved.secret_path == tmp_path / "keys/secret"


def test_a_mailbox_keeps_as_long_as_it_says(tmp_path: Path) -> None:
    """What it does not say is the desk's; a mailbox that is gone has the desk's times."""
    own = '[mailbox.retention]\ntext = "30d"\n[retention]\ntext = "90d"\ntickets = "200d"'
    kept = config(tmp_path, orders=own).retention_of

    assert [kept(name).text.days for name in ("orders", "support", "gone")] == [30, 90, 90]
    assert {kept(name).tickets.days for name in ("orders", "support", "gone")} == {200}
    assert kept("orders").events == timedelta(days=730)
