"""Which themes messages are about, and which are still to be looked at."""

from dataclasses import replace
from datetime import timedelta

import cases
import pytest
from sqlalchemy import Connection, delete, func, select

from mailresponder.mail.message import Address
from mailresponder.store import theme_weeks, theming, tickets
from mailresponder.store.database import Store
from mailresponder.store.schema import messages
from mailresponder.store.schema_themes import message_themes, themed
from mailresponder.store.theming import About, Looked

LONG_AGO = cases.NOON - timedelta(days=365)
LATE = About(theme="late", how="words", weight=1.5)
NEAR = About(theme="found-1", how="alike", weight=0.8)

BEYOND = 10**9
"""No row has such an id; a sequence may have come far in a database that tests share."""


@pytest.fixture
def mails(store: Store) -> list[int]:
    """The rows of four mails, the oldest first: two of Emma, one of Noah, and one of spam."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-22222"), "It is late.", "Well?")
        noah = Address(email="Noah@customer.test", name="Noah Reyes")
        cases.add(conn, cases.open_ticket("MR-33333", customer=noah, language="es"), "Tarde.")
        cases.add(conn, cases.open_ticket("MR-44444", spam=True), "Buy now")
        return list(conn.execute(select(messages.c.id).order_by(messages.c.id)).scalars())


def unlooked(conn: Connection, taxonomy: str = "a", **given: int) -> list[int]:
    asked = {"above": 0, "below": BEYOND, "limit": 10} | given
    return [said.row for said in theming.unlooked(conn, taxonomy, **asked)]


def look(
    conn: Connection,
    row: int,
    *about: About,
    owes: str | None = None,
    taxonomy: str = "a",
    is_open: bool = False,
) -> None:
    looked = Looked(row=row, about=about, is_open=is_open or not about, praise=0.25, owes=owes)
    theming.put(conn, [looked], taxonomy=taxonomy, at=cases.NOON)


def about(conn: Connection) -> set[tuple[int, str, str]]:
    return {(row.message_row, row.theme, row.how) for row in conn.execute(select(message_themes))}


def test_it_stands_where_it_was_noted(store: Store, mails: list[int]) -> None:
    """The newest row of all messages, and what was noted under the key."""
    with store.begin() as conn:
        assert theming.standing(conn, "secret_check").last == max(mails)
        assert theming.standing(conn, "nothing").noted is None


def test_an_empty_desk_has_no_newest_row(store: Store) -> None:
    """There is nothing to look at."""
    with store.read() as conn:
        assert theming.standing(conn, "theming").last == 0


def test_messages_are_handed_out_newest_first_with_all_that_is_asked(
    store: Store, mails: list[int]
) -> None:
    """With the subject their ticket was opened with; those of spam are left alone."""
    with store.read() as conn:
        noah, again, first = theming.unlooked(conn, "a", above=0, below=BEYOND, limit=10)
    assert [noah.row, again.row, first.row] == mails[2::-1]
    assert (noah.person, noah.name, noah.language) == ("noah@customer.test", "Noah Reyes", "es")
    assert (again.subject, again.new_text) == ("Where is my order?", "Well?")


def test_a_follow_up_has_the_subject_its_ticket_was_opened_with(store: Store) -> None:
    """A reply's own may be that of our mail."""
    with store.begin() as conn:
        ticket = cases.add(conn, cases.open_ticket("MR-22222"), "It is late.", "Well?")
        conn.execute(messages.update().values(subject="Re: We have received your message"))
        again, first = theming.unlooked(conn, "a", above=0, below=BEYOND, limit=10)
    assert again.subject == ticket.subject
    assert first.subject == "Re: We have received your message"


def test_a_stretch_has_its_bounds(store: Store, mails: list[int]) -> None:
    """Rows above the one and below the other, and no more than so many."""
    first, again, noah, _ = mails
    with store.read() as conn:
        assert unlooked(conn, above=first, below=noah) == [again]
        assert unlooked(conn, limit=1) == [noah]


def test_what_was_looked_at_is_looked_at_again_with_another_taxonomy(
    store: Store, mails: list[int]
) -> None:
    """By the digest it was looked at with."""
    first, again, noah, _ = mails
    with store.begin() as conn:
        look(conn, first)
        look(conn, noah, taxonomy="b")
        assert unlooked(conn, "a") == [noah, again]
        assert unlooked(conn, "b") == [again, first]


def test_what_is_found_replaces_what_was_found_before(store: Store, mails: list[int]) -> None:
    """Words that are no longer listened for say nothing any more."""
    first = mails[0]
    with store.begin() as conn:
        look(conn, first, LATE, replace(LATE, theme="refund"))
        look(conn, first, LATE, taxonomy="b")
        assert about(conn) == {(first, "late", "words")}


def test_a_found_theme_stays_until_a_kept_one_covers_the_message(
    store: Store, mails: list[int]
) -> None:
    """Looked at with another taxonomy, it need not be given its place anew."""
    first = mails[0]
    with store.begin() as conn:
        look(conn, first, owes="e5")
        theming.near(conn, {first: NEAR})
        look(conn, first, taxonomy="b")
        assert about(conn) == {(first, "found-1", "alike")}
        [said] = theming.unlooked(conn, "c", above=0, below=first + 1, limit=1)
        assert said.placed
        look(conn, first, LATE, taxonomy="c")
        assert about(conn) == {(first, "late", "words")}


def test_who_owes_a_place_is_given_one(store: Store, mails: list[int]) -> None:
    """Once; it is kept when the message is looked at again, until something covers it."""
    first, again, noah, _ = mails
    with store.begin() as conn:
        for row in (first, again, noah):
            look(conn, row, owes="e5")
        assert [said.row for said in theming.owing(conn, 2)] == [noah, again]
        theming.place(conn, {noah: b"\x01", again: None})
        assert [said.row for said in theming.owing(conn, 9)] == [first]
        look(conn, noah, taxonomy="b")
        found = theming.uncovered(conn, since=LONG_AGO, limit=9, space="e5")
        assert [(said.row, said.vector) for said in found] == [(noah, b"\x01"), (first, None)]
        look(conn, noah, LATE, taxonomy="c")
        found = theming.uncovered(conn, since=LONG_AGO, limit=9, space="e5")
        assert [said.row for said in found] == [first]
        assert (
            conn.execute(select(themed.c.vector).where(themed.c.message_row == noah)).scalar()
            is None
        )


def test_what_no_theme_covers_is_looked_through(store: Store, mails: list[int]) -> None:
    """What opened a ticket in a window of time, the newest first; what is near a found theme is
    left out."""
    first, again, noah, _ = mails
    with store.begin() as conn:
        for row in (first, again, noah):
            look(conn, row)

        def found(since: timedelta = timedelta()) -> list[int]:
            moment = cases.NOON + since
            return [said.row for said in theming.uncovered(conn, since=moment, limit=9, space=None)]

        assert found() == [noah, first]
        assert found(timedelta(days=1)) == []
        theming.near(conn, {noah: NEAR})
        assert found() == [first]


def test_what_is_not_about_a_kept_theme_for_sure_may_be_about_a_found_one(
    store: Store, mails: list[int]
) -> None:
    """It keeps its place until more is said of a kept theme, or it is near a found one."""
    first, _, noah, _ = mails
    weak = replace(LATE, weight=1.0)
    with store.begin() as conn:
        look(conn, first, weak, is_open=True)
        look(conn, noah, weak, replace(LATE, theme="refund", weight=3.0), is_open=True, owes="e5")
        theming.owe(conn, [first], "e5")
        assert not theming.is_placing_due(conn, at_least=1)
        theming.place(conn, {first: b"\x01", noah: b"\x01"})

        def unsure() -> list[int]:
            found = theming.unsure(conn, since=LONG_AGO, limit=9, most=1.5)
            return [said.row for said in found]

        assert unsure() == [first]
        assert theming.uncovered(conn, since=LONG_AGO, limit=9, space="e5") == []
        theming.near(conn, {first: NEAR})
        assert unsure() == []
        look(conn, first, weak, is_open=True, taxonomy="b")
        assert (first, "found-1", "alike") in about(conn)
        look(conn, first, weak, taxonomy="c")
        assert (first, "found-1", "alike") not in about(conn)


def test_what_is_looked_at_anew_as_kept_is_counted_by_its_words(
    store: Store, mails: list[int]
) -> None:
    """A found theme was kept, and the mail says one of its words."""
    first = mails[0]
    with store.begin() as conn:
        look(conn, first, owes="e5")
        theming.near(conn, {first: NEAR})
        look(conn, first, replace(NEAR, how="words", weight=1.0), is_open=True)
        assert about(conn) == {(first, "found-1", "words")}


def test_the_space_can_be_changed(store: Store, mails: list[int]) -> None:
    """What no theme covers is given a place in the new one, where it is young enough; and to
    compare by words, places are forgotten."""
    first, again, noah, _ = mails
    with store.begin() as conn:
        look(conn, first)
        look(conn, again)
        look(conn, noah, LATE)
        theming.begin_anew(conn, "e5", since=cases.NOON + timedelta(days=1))
        assert theming.owing(conn, 9) == []
        theming.begin_anew(conn, "e5", since=LONG_AGO)
        assert [said.row for said in theming.owing(conn, 9)] == [first]
        theming.begin_anew(conn, None, since=LONG_AGO)
        assert theming.owing(conn, 9) == []


def test_places_are_forgotten_with_time_and_with_the_text(store: Store, mails: list[int]) -> None:
    """Of messages from before a moment, and of those whose text is gone."""
    first, again, noah, _ = mails
    with store.begin() as conn:
        for row in (first, again, noah):
            look(conn, row, owes="e5")
        theming.place(conn, dict.fromkeys((first, again, noah), b"\x01"))
        conn.execute(messages.update().where(messages.c.id == again).values(new_text=""))
        conn.execute(messages.update().where(messages.c.id == noah).values(at=LONG_AGO))
        theming.forget_places(conn, LONG_AGO + timedelta(days=1))
        kept = select(themed.c.message_row).where(themed.c.vector.is_not(None))
        assert list(conn.execute(kept).scalars()) == [first]
        assert theming.owing(conn, 9) == []


def test_messages_are_told_by_theme(store: Store, mails: list[int]) -> None:
    """Those since a moment, under each theme they are about; the last ones can be read."""
    first, again, noah, _ = mails
    with store.begin() as conn:
        look(conn, first, LATE)
        look(conn, again, LATE, replace(LATE, theme="refund"))
        look(conn, noah, LATE)
        assert theme_weeks.rows_by_theme(conn, cases.NOON + timedelta(seconds=1)) == {
            "late": {again},
            "refund": {again},
        }
        assert [said.row for said in theming.of_themes(conn, ["late"], 2)] == [noah, again]
        assert [said.row for said in theming.of_themes(conn, ["refund", "late"], 9)] == [
            noah,
            again,
            first,
        ]
        assert [said.row for said in theming.latest(conn, "es", 9)] == [noah]


def test_what_hangs_on_a_message_goes_with_it(store: Store, mails: list[int]) -> None:
    """Nobody who lets go of one need know of themes."""
    with store.begin() as conn:
        look(conn, mails[0], LATE)
        look(conn, mails[1], LATE)
        conn.execute(delete(messages).where(messages.c.id == mails[0]))
        assert about(conn) == {(mails[1], "late", "words")}
        assert conn.execute(select(func.count()).select_from(themed)).scalar() == 1


def test_a_merged_ticket_keeps_what_its_messages_are_about(store: Store, mails: list[int]) -> None:
    """They hang on the message, whatever ticket that belongs to."""
    with store.begin() as conn:
        look(conn, mails[0], LATE)
        other = cases.add(conn, cases.open_ticket("MR-55555"))
        conn.execute(messages.update().values(ticket_id=other.id))
        assert tickets.load(conn)
        assert [said.row for said in theming.of_themes(conn, ["late"], 9)] == [mails[0]]
