"""A theme from the first mails about it to the one that is counted by its words."""

from datetime import timedelta

import pytest
from crashing import ENGLISH, NEXT, SPANISH
from offices import Office, complaint
from sqlalchemy import select
from themes_desk import FILE

from mailresponder.jobs import theme_view, theming, theming_changes
from mailresponder.listening import space
from mailresponder.store import themes
from mailresponder.store.schema_themes import message_themes
from mailresponder.store.themes import State, ThemeRow


def write(office: Office, texts: tuple[str, ...], *, begin: int) -> None:
    """Each text is written by somebody else."""
    office.receive(
        *(
            complaint(f"person{number}@customer.test", subject="The app", text=text)
            for number, text in enumerate(texts, start=begin)
        )
    )


def run(office: Office) -> None:
    """A pass, and what further ones do about themes: none takes long, and one loads the model."""
    office.run_well()
    for _ in range(4):
        theming.run(office.app.mailboxes["support"].work)


def found(office: Office) -> list[ThemeRow]:
    with office.app.store.read() as conn:
        return [row for row in themes.all_themes(conn) if row.key.startswith("found-")]


def counted(office: Office, key: str) -> list[str]:
    """How each of its messages is known to be about a theme."""
    mine = select(message_themes.c.how).where(message_themes.c.theme == key)
    with office.app.store.read() as conn:
        return sorted(conn.execute(mine.order_by(message_themes.c.message_row)).scalars())


@pytest.mark.skipif(not space.is_installed(), reason="no extra `themes`")
def test_one_thing_in_two_languages_is_one_theme_that_can_be_kept(office: Office) -> None:
    """It is found by what mails mean; later ones belong to it at once; kept, it is counted by its
    words under the same key."""
    office.open(acknowledge="[themes]\nsemantic = true\n")
    office.app.config.themes_path.write_text(FILE)
    write(office, ENGLISH, begin=0)
    write(office, SPANISH, begin=20)
    run(office)
    [theme] = found(office)
    assert (theme.key, theme.state, set(theme.names)) == ("found-1", State.FOUND, {"en", "es"})
    assert len(counted(office, "found-1")) >= len(ENGLISH + SPANISH) - 2

    before = len(counted(office, "found-1"))
    write(office, NEXT, begin=40)
    run(office)
    assert counted(office, "found-1") == ["alike"] * (before + 2)

    told = {"by": "ana", "now": office.clock.now}
    kept = theming_changes.keep(office.app.store, office.app.config, "found-1", **told)
    run(office)
    assert {row.key: row.state for row in found(office)} == {"found-1": State.KEPT}
    how = counted(office, "found-1")
    assert how.count("words") >= len(how) / 2, kept
    office.clock.advance(days=1)
    write(office, ENGLISH[:1], begin=60)
    run(office)
    assert len(counted(office, "found-1")) == len(how) + 1
    view = theme_view.shown(
        office.app.store, office.app.config, "found-1", now=office.clock.now + timedelta(hours=1)
    )
    assert view.messages == len(how) + 1
    assert len({example.language for example in view.examples}) == 2


def test_without_the_extra_it_is_found_by_words(office: Office) -> None:
    """In each language alone."""
    office.open(acknowledge="[themes]\nsemantic = false\n")
    office.app.config.themes_path.write_text(FILE)
    write(office, ENGLISH * 2, begin=0)
    run(office)
    [theme] = found(office)
    assert theme.space == "words:en"
    assert len(counted(office, "found-1")) >= 8
    write(office, NEXT[:1], begin=40)
    before = len(counted(office, "found-1"))
    run(office)
    assert len(counted(office, "found-1")) == before + 1
