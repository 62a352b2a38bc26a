"""What staff may say in the first lines of a mail."""

import time as clock
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.policy import orders
from mailresponder.policy.commands import Command, Fault, Order, Until, parse
from mailresponder.policy.deadlines import BusinessHours

OFFICE = BusinessHours(
    timezone=ZoneInfo("Europe/Madrid"), windows={day: ((time(9), time(18)),) for day in range(5)}
)
NOW = datetime(2025, 3, 5, 10, 30, tzinfo=UTC)
"""A Wednesday, 11:30 in Madrid."""


def orders_of(text: str) -> list[Order]:
    """The commands of a text without mistakes."""
    read = parse(text)
    assert not read.mistakes
    return [command.order for command in read.commands]


def one(text: str) -> Command:
    """The only command of a text without mistakes."""
    read = parse(text)
    assert not read.mistakes
    [command] = read.commands
    return command


def fault_of(text: str) -> Fault:
    """The first mistake of a text."""
    return parse(text).mistakes[0].fault


@pytest.mark.parametrize(
    ("name", "order"), [(name, order) for order, names in orders.WORDS.items() for name in names]
)
def test_every_name_of_a_command_is_understood_in_any_case(name: str, order: Order) -> None:
    """Each English and Spanish name means its command, in capitals and without accents too."""
    argument = {
        Order.SNOOZE: " 2d",
        Order.ASSIGN: " ana@example.com",
        Order.NOTE: " call back",
        Order.MERGE: " MR-7F3K2",
        Order.DEFECT: " App crashes",
        Order.NEW_DEFECT: " App crashes",
    }.get(order, "")
    plain = name.replace("í", "i")
    for written in (name, name.upper(), name.title(), plain, name.replace("-", " ")):
        assert orders_of(f"#{written}{argument}") == [order]


@pytest.mark.parametrize(
    "written",
    [
        "#Close.",
        "#close!",
        "\n\n \n#close\n",
        "\u00a0#close\u00a0",
        "\ufeff#close",
        "#cl\u200bose",
        "\\#close",
        "- #close",
        "• #close",
        "* \\#close",
        "**#close**",
        "“#close”",
        "# close",
        "＃close",
        "#close please",
        "#Cerrar, por favor.",
    ],
)
def test_a_command_is_read_as_mail_programs_and_telephones_write_it(written: str) -> None:
    """Spaces, bullets, quotes, marks of bold type, escapes, capitals and full stops around a
    command change nothing."""
    assert orders_of(written) == [Order.CLOSE]


@pytest.mark.parametrize("dash", ["-", "\u2010", "\u2011", "\u2013", "\u2014", "\u2212", "_", ""])
def test_any_dash_will_do(dash: str) -> None:
    """What autocorrection makes of a dash is a dash."""
    assert orders_of(f"#not{dash}angry") == [Order.NOT_ANGRY]


def test_several_commands_stand_in_one_line_and_in_several() -> None:
    """They are read in order, with blank lines between them or none."""
    text = "#snooze 2d #mine\n\n#not-angry, #answered and #wait"
    assert orders_of(text) == [
        Order.SNOOZE,
        Order.MINE,
        Order.NOT_ANGRY,
        Order.ANSWERED,
        Order.WAIT,
    ]
    assert orders_of("#close#mine") == [Order.CLOSE, Order.MINE]


def test_what_stands_below_the_commands_is_the_rest() -> None:
    """The rest is the text for the customer, with its own blank lines and a number sign in it."""
    read = parse("#close\n\nDear Eva,\n\nour offer #1 is yours.\n#2 too.\n\n")
    assert [command.order for command in read.commands] == [Order.CLOSE]
    assert read.rest == "Dear Eva,\n\nour offer #1 is yours.\n#2 too."


def test_a_mail_without_commands_is_all_rest() -> None:
    """Text that begins with something else than a number sign orders nothing."""
    read = parse("Dear Eva,\nit is on its way.")
    assert (read.commands, read.mistakes) == ((), ())
    assert read.rest == "Dear Eva,\nit is on its way."


def test_a_note_runs_to_the_end_of_its_paragraph() -> None:
    """A note takes number signs and further lines as they are; the next paragraph is the rest."""
    read = parse("#mine #note She called: #close is\nnot what she wants\n\nDear Eva,")
    assert [command.order for command in read.commands] == [Order.MINE, Order.NOTE]
    assert read.commands[1].text == "She called: #close is\nnot what she wants"
    assert read.rest == "Dear Eva,"


def test_a_note_ends_where_a_line_begins_with_a_command() -> None:
    """Whoever writes a command on a line of its own means it, also right below a note."""
    read = parse("#note She called.\n#5 is broken.\n#Not angry\n- #close")
    assert read.commands[0].text == "She called.\n#5 is broken."
    assert [c.order for c in read.commands] == [Order.NOTE, Order.NOT_ANGRY, Order.CLOSE]


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("2d", Until(duration=timedelta(days=2))),
        ("2 días", Until(duration=timedelta(days=2))),
        ("2\u00a0d.", Until(duration=timedelta(days=2))),
        ("for 90 minutes", Until(duration=timedelta(minutes=90))),
        ("1 semana", Until(duration=timedelta(weeks=1))),
        ("until Friday", Until(weekday=4)),
        ("hasta el miércoles", Until(weekday=2)),
        ("HASTA EL VIERNES", Until(weekday=4)),
        ("mañana", Until(duration=timedelta(days=1))),
        ("2026-12-01", Until(day=date(2026, 12, 1))),
        ("2026–12–01", Until(day=date(2026, 12, 1))),
    ],
)
def test_a_snooze_says_how_long_in_many_ways(said: str, until: Until) -> None:
    """A duration, a weekday, tomorrow or a date, in English and Spanish."""
    assert one(f"#snooze {said}").until == until


@pytest.mark.parametrize("said", ["", "soon", "0d", "99999d", "2026-02-30", "12/11/2026", "2d 3h"])
def test_a_snooze_that_does_not_say_how_long_is_a_mistake(said: str) -> None:
    """A date that two countries read differently is none either."""
    assert fault_of(f"#snooze {said}") is Fault.NO_TIME


@pytest.mark.parametrize(
    ("until", "moment"),
    [
        (Until(duration=timedelta(days=2)), datetime(2025, 3, 7, 10, 30, tzinfo=UTC)),
        (Until(weekday=4), datetime(2025, 3, 7, 8, 0, tzinfo=UTC)),
        (Until(weekday=2), datetime(2025, 3, 12, 8, 0, tzinfo=UTC)),
        (Until(weekday=5), datetime(2025, 3, 10, 8, 0, tzinfo=UTC)),
        (Until(day=date(2025, 3, 31)), datetime(2025, 3, 31, 7, 0, tzinfo=UTC)),
    ],
)
def test_a_snooze_until_a_day_ends_when_the_desk_opens(until: Until, moment: datetime) -> None:
    """A weekday is the next of its name and never today; a closed day ends on the next open one;
    a duration is calendar time."""
    assert until.moment(now=NOW, hours=OFFICE) == moment


@pytest.mark.parametrize("day", [date.min, date(2025, 3, 5), date(2040, 1, 1), date.max])
def test_a_day_that_is_not_ahead_is_refused(day: date) -> None:
    """Neither the past, nor today, nor what is ten years off is a day to wait for."""
    with pytest.raises(ValueError, match="not a useful day"):
        Until(day=day).moment(now=NOW, hours=OFFICE)


@pytest.mark.parametrize(
    "said",
    [
        "Ana@Example.com",
        "to ana@example.com.",
        "<ana@example.com>",
        "Ana García <ana@example.com>",
        "ana@example.com<mailto:ana@example.com>",
        "[ana@example.com](mailto:ana@example.com)",
        "ana@example.com, please",
    ],
)
def test_an_address_is_read_as_mail_programs_write_it(said: str) -> None:
    """With a name before it, with brackets, as a link."""
    assert one(f"#assign {said}").address == "ana@example.com"


@pytest.mark.parametrize("said", ["", "Ana", "ana@example.com bob@example.com", "@"])
def test_an_assignment_names_one_address(said: str) -> None:
    """None and two are mistakes."""
    assert fault_of(f"#assign {said}") is Fault.NO_ADDRESS


def test_a_command_names_its_ticket() -> None:
    """A reference behind a command is its ticket; several make it one command each."""
    assert one("#close [mr-7f3k2]").reference == "MR-7F3K2"
    assert one("#note MR–7F3K2 call back").reference == "MR-7F3K2"
    assert one("#snooze #MR-7F3K2 2d").reference == "MR-7F3K2"
    assert one("#assign MR-7F3K2 ana@example.com").reference == "MR-7F3K2"
    several = parse("#close MR-7F3K2, 9PQRS and MR-AAAAA").commands
    assert [command.reference for command in several] == ["MR-7F3K2", "9PQRS", "MR-AAAAA"]


def test_a_merge_names_where_to() -> None:
    """One reference is the target; of two the first is the ticket that is merged."""
    assert one("#merge into MR-7F3K2").into == "MR-7F3K2"
    both = one("#unir MR-7F3K2 con MR-9PQRS")
    assert (both.reference, both.into) == ("MR-7F3K2", "MR-9PQRS")
    assert one("#merge NJNGV").into == "NJNGV"
    assert fault_of("#merge njngv") is Fault.NO_REFERENCE
    assert fault_of("#merge") is Fault.NO_REFERENCE
    assert fault_of("#merge with the other one") is Fault.NO_REFERENCE


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("#cloze", "#close"),
        ("#cerar", "#cerrar"),
        ("#snoze 2d", "#snooze"),
        ("#notangri", "#not-angry"),
        ("#not-engry", "#not-angry"),
        ("#mio2", "#mío"),
        ("#1 is sold out", ""),
        ("#hashtag", ""),
        ("#", ""),
        ("# Heading", ""),
    ],
)
def test_an_unknown_command_is_a_mistake_that_names_the_nearest(written: str, nearest: str) -> None:
    """Nothing that begins with a number sign is taken for text, not even "#1 is sold out"."""
    [mistake] = parse(f"{written}\n\nDear Eva,").mistakes
    assert (mistake.fault, mistake.written, mistake.nearest) == (Fault.UNKNOWN, written, nearest)


@pytest.mark.parametrize(
    "text",
    [
        "#close Dear Eva, it is on its way.",
        "#assign ana@example.com Dear Eva,",
        "#merge MR-7F3K2 as I told you",
        "#merge MR-7F3K2 MR-9PQRS and the rest",
    ],
)
def test_text_behind_a_command_is_a_mistake(text: str) -> None:
    """It may be an answer whose line break was lost: it is neither sent nor thrown away."""
    assert fault_of(text) is Fault.TEXT_BEHIND


@pytest.mark.parametrize(
    "text", ["Dear Eva,\nbye\n\n#close", "Dear Eva, bye #cerrar.", "#mine\n\nDear Eva\n- #note shh"]
)
def test_a_command_within_the_text_is_a_mistake(text: str) -> None:
    """Whoever writes a command at the end does not mean it for the customer."""
    assert fault_of(text) is Fault.BELOW_TEXT


def test_a_note_has_text_and_an_end() -> None:
    """An empty note and one of a whole book are mistakes."""
    assert fault_of("#note") is Fault.NO_TEXT
    assert fault_of("#note MR-7F3K2") is Fault.NO_TEXT
    assert fault_of("#note " + "a" * (orders.MAX_NOTE + 1)) is Fault.TOO_LONG
    assert len(one("#note " + "a" * orders.MAX_NOTE).text) == orders.MAX_NOTE


def test_too_many_commands_are_a_mistake() -> None:
    """Beyond thirty nothing is read."""
    text = "#close " * (orders.MAX_COMMANDS + 5)
    assert Fault.TOO_MANY in [mistake.fault for mistake in parse(text).mistakes]


def test_what_is_repeated_of_a_mistake_is_short() -> None:
    """A line at most, on one line."""
    [mistake] = parse("#" + "x" * 10_000 + "\ty").mistakes
    assert len(mistake.written) <= 80


@given(
    st.text(alphabet=st.sampled_from("#closenta 2d\n\\-–MR7F3K@.\u00a0\u200b＃[]<>,"), max_size=200)
)
def test_nothing_that_begins_with_a_number_sign_is_lost(text: str) -> None:
    """The first line that is not blank either is a command, or a mistake, or all is rest."""
    read = parse(text)
    if text.strip()[:1] == "#":
        assert read.commands or read.mistakes
    elif not read.commands and not read.mistakes:
        assert read.rest == "\n".join(text.splitlines()).strip()


@given(st.text(max_size=500))
def test_any_text_can_be_read(text: str) -> None:
    """Parsing never raises."""
    parse(text)
    parse(f"#{text}")


@pytest.mark.parametrize(
    "piece",
    [
        *("#", "#a ", "a#", "#close#", "#note\n", "#\n", " ", "\\", "#close a@", "@", "-", "＃"),
        *("#assign a@b ", "#snooze 1", "x #close", "#no ", "\n"),
    ],
)
@pytest.mark.parametrize("head", ["", "#close ", "#note ", "#assign "])
def test_the_longest_text_takes_no_time(head: str, piece: str) -> None:
    """Whatever is repeated in all that is read of a mail, time grows with length and no faster."""
    text = head + piece * (100_000 // len(piece))
    begun = clock.thread_time()
    parse(text)
    assert clock.thread_time() - begun < 1.5
