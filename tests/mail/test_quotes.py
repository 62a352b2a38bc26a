"""The mail that a reply quotes."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from clients import CLIENTS, Person
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.mail import quotes
from mailresponder.mail.message import RawMessage
from mailresponder.mail.parse import parse

MADRID = ZoneInfo("Europe/Madrid")
WRITTEN = datetime(2025, 3, 10, 15, 30, tzinfo=MADRID)
SAID = "Good news: the parcel lay at the depot.\n\nIt leaves tonight, and you need do nothing."


def text_of(content: bytes) -> str:
    return parse(RawMessage(uid=1, received_at=WRITTEN, content=content)).text


def answered(client: str, language: str, *, bottom: bool = False) -> str:
    """The text of a customer's reply, written in a client, to an answer of staff."""
    ana = Person(name="Ana Ruiz", email="ana@example.com", client="outlook")
    emma = Person(
        name="Emma", email="emma@customer.test", client=client, language=language,
        bottom_posting=bottom,
    )  # fmt: skip
    question = emma.write("support@example.com", "Where is it?", "It has not arrived.")
    answer = ana.reply(question, SAID, at=WRITTEN)
    return text_of(emma.reply(answer, "But when?", at=WRITTEN + timedelta(hours=1)))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("client", CLIENTS)
def test_every_client_s_quote_is_read(client: str, language: str) -> None:
    """Who wrote the quoted mail, when, and what it said, without what that one quoted."""
    quote = quotes.topmost(answered(client, language))

    assert quote is not None
    assert "Ana Ruiz" in quote.author
    if client != "thunderbird":  # It names no address.
        assert quote.addresses == ("ana@example.com",)
    assert WRITTEN in quotes.moments(quote.date, MADRID)
    assert " ".join(quote.text.split()) == " ".join(SAID.split())


def test_words_below_a_quote_are_the_replier_s() -> None:
    """Thunderbird below the quote: what stands there is not the quote's."""
    quote = quotes.topmost(answered("thunderbird", "en", bottom=True))

    assert quote is not None
    assert "But when?" not in quote.text


@pytest.mark.parametrize(
    "text", ["", "On Monday you wrote: nothing.", "> only marks\n> and no heading", "From: Madrid"]
)
def test_what_says_not_whose_it_is_is_no_quote(text: str) -> None:
    """Without a heading nobody is said to have written anything."""
    assert quotes.topmost(text) is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("On Mon, Mar 10, 2025 at 3:30 PM Ana <a@example.com> wrote:", WRITTEN),
        ("On Mon, 10 Mar 2025 at 15:30, Ana <a@example.com> wrote:", WRITTEN),
        ("On 10 Mar 2025, at 15:30, Ana wrote:", WRITTEN),
        ("El lun, 10 mar 2025 a las 15:30, Ana escribió:", WRITTEN),
        ("El lunes, 10 de marzo de 2025 15:30, Ana escribió:", WRITTEN),
        ("El 10/3/25 a las 15:30, Ana escribió:", WRITTEN),
        ("Monday, March 10, 2025 3:30 PM", WRITTEN),
        ("lunes, 10 de marzo de 2025 3:30 p. m.", WRITTEN),
        ("Mon, 10 Mar 2025 14:30:00 +0000", WRITTEN),
        ("Mon, 10 Mar 2025 09:30:11 -05:00", WRITTEN),
        ("2025-03-10 15:30", WRITTEN),
        ("Wednesday, September 3rd, 2025 12:05 AM", datetime(2025, 9, 3, 0, 5, tzinfo=MADRID)),
    ],
)
def test_dates_in_words(said: str, expected: datetime) -> None:
    """The dates of English and Spanish mail programs, with an offset or in the zone given."""
    assert expected in quotes.moments(said, MADRID)


def test_a_day_that_may_be_a_month_means_two_moments() -> None:
    """In 3/10/2025 nobody can tell which is which; in 25/10/2025 everybody."""
    assert len(quotes.moments("On 3/10/2025 15:30, Ana wrote:", MADRID)) == 2
    assert len(quotes.moments("On 25/10/2025 15:30, Ana wrote:", MADRID)) == 1


@pytest.mark.parametrize(
    "said", ["", "yesterday at 10:00", "10 Brumaire 2025 10:00", "99/99/2025 10:00", "25:99 1/1/25"]
)
def test_what_is_no_date_is_no_moment(said: str) -> None:
    """A date that is not understood, or that no calendar has, gives none."""
    assert quotes.moments(said, MADRID) == ()


@given(st.text(max_size=300), st.integers(0, 3))
def test_no_text_breaks_the_reader(text: str, marks: int) -> None:
    """Whatever a mail says, what is found in it is part of it."""
    whole = f"Hello\n{'>' * marks} On Mon, 10 Mar 2025 at 15:30, Ana <a@x.test> wrote:\n{text}"
    quote = quotes.topmost(whole)

    assert quote is None or all(word in whole for word in quote.text.split())


@given(st.text(max_size=200))
def test_no_date_breaks_the_reader(said: str) -> None:
    """Every moment that is read is aware."""
    assert all(at.tzinfo is not None for at in quotes.moments(said, UTC))


@pytest.mark.parametrize(
    "line", ["> ", "On Mon, 10 Mar 2025 at 15:30, Ana ", "From: a@x.test\n", ">" * 40 + " ", "1/2/"]
)
def test_hostile_text_takes_no_long_time(line: str) -> None:
    """A text as long as any that is read is read in a moment."""
    begun = time.process_time()
    quotes.topmost((line * 20_000)[:20_000])
    quotes.moments((line * 20_000)[:20_000], UTC)

    assert time.process_time() - begun < 1
