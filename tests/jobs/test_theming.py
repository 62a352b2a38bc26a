"""Looking at what people write, in the passes."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import count
from pathlib import Path

import cases
import pytest
from counting import counted
from crashing import ENGLISH
from offices import Office, complaint
from sqlalchemy import select
from themes_desk import FILE, ThemesDesk, opened

from mailresponder.errors import ConfigError, ExitStatus, MailresponderError, TemporaryFailure
from mailresponder.jobs import theming
from mailresponder.listening import discovery, space
from mailresponder.store import leases, themes
from mailresponder.store.schema import messages, tickets
from mailresponder.store.schema_themes import themed
from mailresponder.store.themes import State, ThemeRow

A_DAY = timedelta(days=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ThemesDesk]:
    desk = opened(tmp_path)
    yield desk
    desk.store.close()


def looked_at(desk: ThemesDesk) -> set[int]:
    with desk.store.read() as conn:
        return set(conn.execute(select(themed.c.message_row)).scalars())


def found_before(desk: ThemesDesk, key: str = "found-1", *, space: str = "words:en") -> None:
    """A theme was found on an earlier day."""
    row = ThemeRow(
        key=key,
        state=State.FOUND,
        names={"en": "Login"},
        words={"en": ("log in",)},
        space=space,
        centroid=b"{}",
        size=9,
        found_at=cases.NOON,
        changed_at=cases.NOON,
        changed_by="mailresponder",
    )
    with desk.store.begin() as conn:
        themes.put(conn, row)


def test_each_mail_is_about_what_it_says(desk: ThemesDesk) -> None:
    """In both languages; one may be about two themes, or about none."""
    late, none = desk.receive("My order has not arrived.", "Do you open on Sunday?")
    both, spanish = (
        *desk.receive("The parcel did not arrive, I want a refund."),
        *desk.receive("El pedido no ha llegado.", language="es"),
    )
    desk.look()
    assert desk.about() == {
        late: {("late", "words")},
        both: {("late", "words"), ("refund", "words")},
        spanish: {("late", "words")},
    }
    assert looked_at(desk) == {late, none, both, spanish}


def test_a_subject_counts_and_a_reply_is_about_what_its_ticket_was_opened_with(
    desk: ThemesDesk,
) -> None:
    """Whatever stands in its own subject."""
    with desk.store.begin() as conn:
        ticket = cases.open_ticket("MR-22222", subject="Refund")
        cases.add(conn, ticket, "Please see above.", "Any news?")
        conn.execute(messages.update().values(subject="Delay"))
        first, again = conn.execute(select(messages.c.id).order_by(messages.c.id)).scalars()
    desk.look()
    assert desk.about() == {first: {("late", "words")}, again: {("refund", "words")}}


def test_spam_is_nobodys_business(desk: ThemesDesk) -> None:
    """Until somebody takes that back; then it is looked at within a day."""
    [row] = desk.receive("It has not arrived.")
    with desk.store.begin() as conn:
        conn.execute(tickets.update().values(spam=True))
    desk.look()
    assert looked_at(desk) == set()
    with desk.store.begin() as conn:
        conn.execute(tickets.update().values(spam=False))
    desk.look()
    assert looked_at(desk) == {row}


def test_a_language_without_words_is_read_as_the_desks_first(desk: ThemesDesk) -> None:
    """Rather than not at all."""
    [row] = desk.receive("My order has not arrived.", language="fr")
    desk.look()
    assert desk.about() == {row: {("late", "words")}}


def test_other_words_make_all_be_looked_at_anew(desk: ThemesDesk) -> None:
    """From the moment the file is saved; its themes have rows."""
    [late, refund] = desk.receive("My order has not arrived.", "Refund me.")
    desk.look()
    desk.write(FILE.partition("[refund]")[0])
    desk.look()
    assert desk.about() == {late: {("late", "words")}}
    assert {key: row.state for key, row in desk.rows().items()} == {"late": State.KEPT}
    assert looked_at(desk) == {late, refund}


def test_a_new_name_is_told_and_nothing_is_looked_at_for_it(desk: ThemesDesk) -> None:
    """The row has it at once."""
    desk.receive("My order has not arrived.")
    desk.look()
    desk.write(FILE.replace("Late delivery", "Parcels"))
    with counted() as asked:
        desk.look()
    assert desk.rows()["late"].names["en"] == "Parcels"
    assert not [said for said in asked.said if "INSERT INTO themed" in said]


def test_the_newest_are_looked_at_first_and_no_pass_takes_long(
    desk: ThemesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one leaves, the next ones take; new mail comes before what waits."""
    monkeypatch.setattr(theming, "_BATCH", 2)
    rows = desk.receive(*["It has not arrived."] * 5)

    def look_once() -> set[int]:
        before, turns = looked_at(desk), count()
        theming.look(desk.store, desk.config, now=cases.NOON, go_on=lambda: next(turns) < 1)
        return looked_at(desk) - before

    assert look_once() == set(rows[3:])
    [new] = desk.receive("Where is it? It has not arrived.")
    assert look_once() == {new, rows[2]}
    assert look_once() == set(rows[:2])
    assert look_once() == set()


def test_long_stretches_without_people_are_walked_over(
    desk: ThemesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One statement goes through so many rows, and the next one on from there."""
    monkeypatch.setattr(theming, "_STRETCH", 3)
    rows = desk.receive(*["It has not arrived."] * 20)
    with desk.store.begin() as conn:
        conn.execute(
            messages.update().where(messages.c.id.in_(rows[2:18])).values(direction="staff")
        )
    desk.look()
    assert looked_at(desk) == {*rows[:2], *rows[18:]}


def test_a_pass_with_nothing_new_asks_one_statement(office: Office) -> None:
    """However much there is."""
    office.receive(complaint(), complaint("noah@customer.test"))
    office.run_well()
    office.run_well()
    work = office.app.mailboxes["support"].work
    with counted() as asked:
        theming.run(work)
    assert len(asked.said) == 1


def test_a_mistake_in_the_file_keeps_no_mail_from_being_answered(office: Office) -> None:
    """The pass says so at its end, and nothing is looked at until it is mended."""
    themes_path = office.app.config.themes_path
    themes_path.write_text("[late]\nname = 7\n")
    office.receive(complaint())
    report = office.run()
    assert report.delivery is not None
    assert report.delivery.sent == 1
    assert [type(error) for error in report.errors] == [ConfigError]
    assert report.exit_status == ExitStatus.CONFIGURATION
    themes_path.write_text(FILE)
    office.run_well()
    with office.app.store.read() as conn:
        assert len(conn.execute(select(themed)).all()) == 1


def test_only_one_instance_is_at_it(office: Office) -> None:
    """While another one looks, nobody else does; who asks for it is told so."""
    store, config, now = office.app.store, office.app.config, office.clock.now
    office.receive(complaint())
    office.run_well()
    config.themes_path.write_text(FILE)
    with store.begin() as conn:
        [before] = conn.execute(select(themed))
        leases.acquire(conn, theming.KEY, "another", timedelta(minutes=1), now)
    theming.run(office.app.mailboxes["support"].work)
    with store.read() as conn:
        assert list(conn.execute(select(themed))) == [before]
    with pytest.raises(TemporaryFailure):
        theming.find_now(store, config, owner="me", now=now)


def test_mail_that_nothing_covers_is_held_against_what_was_found_before(
    desk: ThemesDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once; so is what a kept theme covers by one phrase alone. Where more was said of one, a
    found theme says nothing."""

    def assign(items: list[discovery.Item], known: tuple[discovery.Centroid, ...]) -> Mapping:
        [one] = known
        return {item.row: (one.theme, 0.75) for item in items}

    monkeypatch.setattr(discovery, "assign", assign)
    found_before(desk)
    login, late, later = desk.receive(
        "I cannot log in.", "It has not arrived.", "It has not arrived: what a delay."
    )
    desk.look()
    assert desk.about() == {
        login: {("found-1", "alike")},
        late: {("late", "words"), ("found-1", "alike")},
        later: {("late", "words")},
    }


@pytest.mark.skipif(not space.is_installed(), reason="the extra `themes` is not installed")
def test_by_meaning_a_mail_has_its_place_when_there_is_something_to_compare_it_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model is not loaded for fewer mails than make a theme."""
    embedded: list[str] = []

    def embed(texts: list[str], languages: list[str]) -> list[bytes]:
        embedded.extend(texts)
        return [b"\x01"] * len(texts)

    monkeypatch.setattr(space, "embed", embed)
    nothing = discovery.Discovery(assigned={}, grown=(), new=())
    monkeypatch.setattr(discovery, "discover", lambda *_: nothing)
    desk = opened(tmp_path, "[themes]\nsemantic = true\n")
    desk.receive(*["I cannot log in."] * (discovery.MIN_MESSAGES - 1))
    desk.receive("It has not arrived.", "")
    desk.look()
    assert embedded == []
    desk.receive("The app crashes.")
    desk.look(now=cases.NOON + A_DAY)
    assert len(embedded) == discovery.MIN_MESSAGES
    desk.look(now=cases.NOON + 2 * A_DAY)
    assert len(embedded) == discovery.MIN_MESSAGES
    desk.store.close()


def test_without_discovery_nothing_is_looked_for(tmp_path: Path) -> None:
    """Not in a pass, and not when somebody asks."""
    desk = opened(tmp_path, "[themes]\ndiscover = false\n")
    desk.receive(*["I cannot log in."] * 20)
    desk.look()
    assert set(desk.rows()) == {"late", "refund"}
    with pytest.raises(MailresponderError, match="no themes but its own"):
        theming.find_now(desk.store, desk.config, owner="me", now=cases.NOON)
    desk.store.close()


def test_what_came_late_is_not_lost(desk: ThemesDesk) -> None:
    """A row of a message that was written anew is looked at within a day, whatever its number."""
    rows = desk.receive(*["It has not arrived."] * 3)
    with desk.store.begin() as conn:
        conn.execute(messages.update().where(messages.c.id == rows[0]).values(outcome="recorded"))
    desk.look()
    assert looked_at(desk) == set(rows[1:])
    with desk.store.begin() as conn:
        conn.execute(messages.update().where(messages.c.id == rows[0]).values(outcome="opened"))
    desk.look()
    assert looked_at(desk) == set(rows)


CRASHES = (
    "The app crashes on login, refund me.",
    "I want a refund and nothing else, refund me.",
)


def test_a_new_theme_has_also_what_a_kept_one_has_by_a_single_word(desk: ThemesDesk) -> None:
    """The mail came before the theme was found, and says what it is about; others stay alone."""
    desk.receive(*ENGLISH * 2, subject="The app")
    stray, refund = desk.receive(*CRASHES)
    desk.look()
    assert {key for key, _ in desk.about()[stray]} == {"refund", "found-1"}
    assert {key for key, _ in desk.about()[refund]} == {"refund"}


@pytest.mark.skipif(not space.is_installed(), reason="the extra `themes` is not installed")
def test_by_meaning_it_is_given_its_place_for_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no other mail of the kept theme is: each takes its time."""
    embedded: list[str] = []

    def embed(texts: list[str], languages: list[str]) -> list[bytes]:
        embedded.extend(texts)
        return [bytes([1 + ("crash" in text), *range(2, 99)]) for text in texts]

    monkeypatch.setattr(space, "embed", embed)
    desk = opened(tmp_path, "[themes]\nsemantic = true\n")
    desk.receive(*ENGLISH * 2, subject="The app")
    stray, refund = desk.receive(*CRASHES)
    desk.look()
    desk.look(now=cases.NOON + A_DAY)
    assert {key for key, _ in desk.about()[stray]} == {"refund", "found-1"}
    assert {key for key, _ in desk.about()[refund]} == {"refund"}
    assert not [text for text in embedded if "nothing else" in text]
    desk.store.close()
