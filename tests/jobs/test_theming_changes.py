"""What people decide about themes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import cases
import pytest
from themes_desk import FILE, ThemesDesk, opened

from mailresponder.config import themes_file
from mailresponder.errors import ConfigError, MailresponderError, PermanentFailure
from mailresponder.jobs import audit, theming_changes
from mailresponder.jobs.audit import Deed
from mailresponder.listening.taxonomy import Theme
from mailresponder.store import themes
from mailresponder.store.themes import State, ThemeRow

LATER = cases.NOON + timedelta(hours=1)
BY = {"by": "ana (web)", "now": LATER}
LOGIN = ThemeRow(
    key="found-1",
    state=State.FOUND,
    names={"en": "Log in", "es": "Entrar"},
    words={"en": ("log in", "password"), "es": ("contraseña",)},
    space="e5",
    centroid=b"\x01",
    size=9,
    found_at=cases.NOON,
    changed_at=cases.NOON,
    changed_by="mailresponder",
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ThemesDesk]:
    """A desk on which a theme was found."""
    desk = opened(tmp_path)
    with desk.store.begin() as conn:
        themes.put(conn, LOGIN)
    yield desk
    desk.store.close()


def written(desk: ThemesDesk) -> dict[str, Theme]:
    return {theme.key: theme for theme in themes_file.taxonomy_for(desk.config).themes}


def deeds(desk: ThemesDesk) -> list[tuple[str, str, str]]:
    with desk.store.read() as conn:
        return [(entry.what, entry.about, entry.by) for entry in audit.latest(conn)]


def keep(desk: ThemesDesk, key: str = "found-1", **given: object) -> None:
    theming_changes.keep(desk.store, desk.config, key, **given, **BY)


def test_a_found_theme_is_kept_under_its_key_with_its_words(desk: ThemesDesk) -> None:
    """It stands behind the others, which stay as they were; who kept it is written down."""
    keep(desk)
    assert desk.config.themes_path.read_text().startswith(FILE)
    assert written(desk)["found-1"] == Theme(key="found-1", names=LOGIN.names, words=LOGIN.words)
    kept = replace(LOGIN, state=State.KEPT, changed_at=LATER, changed_by="ana (web)")
    assert desk.rows()["found-1"] == kept
    assert deeds(desk) == [(Deed.THEME_KEPT, "found-1", "ana (web)")]


def test_people_say_it_better(desk: ThemesDesk) -> None:
    """What is given counts instead, language by language, and the rest stays."""
    keep(desk, names={"es": "Inicio de sesión"}, words={"en": ["sign in"]}, owner="Web team")
    theme = written(desk)["found-1"]
    assert theme.names == {"en": "Log in", "es": "Inicio de sesión"}
    assert theme.words == {"en": ("sign in",), "es": ("contraseña",)}
    assert theme.owner == "Web team"
    keep(desk, names={"en": "Signing in"})
    assert written(desk)["found-1"] == replace(
        theme, names={"en": "Signing in", "es": "Inicio de sesión"}
    )


def test_without_a_file_one_is_made_from_the_shipped_themes(desk: ThemesDesk) -> None:
    """With its comments; none of the shipped themes is lost."""
    desk.config.themes_path.unlink()
    keep(desk)
    assert desk.config.themes_path.read_text().startswith(themes_file.shipped())


def test_a_mistake_is_never_written(desk: ThemesDesk) -> None:
    """Nor is anything into a file that has some; all stays as it was."""
    with pytest.raises(ConfigError, match=r"found-1\.words\.en"):
        keep(desk, words={"en": ["(("]})
    assert desk.config.themes_path.read_text() == FILE
    desk.write("[late]\nname = 7\n")
    with pytest.raises(ConfigError, match=r"late\.name"):
        keep(desk)
    assert desk.config.themes_path.read_text() == "[late]\nname = 7\n"
    assert desk.rows()["found-1"] == LOGIN
    assert deeds(desk) == []


def test_a_file_that_is_a_link_stays_one(desk: ThemesDesk, tmp_path: Path) -> None:
    """What it leads to is written."""
    path = desk.config.themes_path
    other = path.rename(tmp_path / "elsewhere.toml")
    path.symlink_to(other)
    keep(desk)
    assert path.is_symlink()
    assert "[found-1]" in other.read_text()


def test_a_folder_that_cannot_be_written_is_said(desk: ThemesDesk) -> None:
    """In a sentence, with what to do."""
    path = desk.config.themes_path
    path.with_name(f".{path.name}.lock").mkdir()
    with pytest.raises(PermanentFailure) as raised:
        keep(desk)
    assert "writable" in raised.value.mend


def test_a_theme_counts_as_another_one(desk: ThemesDesk) -> None:
    """Or as what that was merged into; a kept one too."""
    theming_changes.merge(desk.store, desk.config, "late", "refund", **BY)
    target = theming_changes.merge(desk.store, desk.config, "found-1", "late", **BY)
    assert target.key == "refund"
    assert themes.resolved(desk.rows().values()) == {
        "found-1": "refund",
        "late": "refund",
        "refund": "refund",
    }
    assert deeds(desk)[0] == (Deed.THEME_MERGED, "found-1: refund", "ana (web)")


def test_what_cannot_be_merged_is_said(desk: ThemesDesk) -> None:
    """Into itself, also over a detour, or into what counts for nothing."""
    merge = theming_changes.merge
    merge(desk.store, desk.config, "late", "refund", **BY)
    with pytest.raises(MailresponderError, match="one theme already"):
        merge(desk.store, desk.config, "refund", "late", **BY)
    theming_changes.dismiss(desk.store, desk.config, "refund", **BY)
    with pytest.raises(MailresponderError, match="was dismissed"):
        merge(desk.store, desk.config, "found-1", "refund", **BY)


def test_what_was_decided_can_be_taken_back(desk: ThemesDesk) -> None:
    """A dismissed or merged theme counts for itself again, as a kept or a found one."""
    theming_changes.dismiss(desk.store, desk.config, "found-1", **BY)
    theming_changes.merge(desk.store, desk.config, "late", "refund", **BY)
    assert themes.resolved(desk.rows().values()) == {
        "found-1": None,
        "late": "refund",
        "refund": "refund",
    }
    for key, state in (("found-1", State.FOUND), ("late", State.KEPT)):
        assert theming_changes.restore(desk.store, desk.config, key, **BY).state is state
        assert themes.resolved(desk.rows().values())[key] == key
    with pytest.raises(MailresponderError, match="neither dismissed nor merged"):
        theming_changes.restore(desk.store, desk.config, "late", **BY)
    assert [what for what, _, _ in deeds(desk)] == [
        Deed.THEME_RESTORED,
        Deed.THEME_RESTORED,
        Deed.THEME_MERGED,
        Deed.THEME_DISMISSED,
    ]


def test_a_dismissed_theme_that_is_kept_counts_again(desk: ThemesDesk) -> None:
    """Keeping says that it is somebody's business."""
    theming_changes.dismiss(desk.store, desk.config, "found-1", **BY)
    keep(desk)
    assert desk.rows()["found-1"].state is State.KEPT


@pytest.mark.parametrize(
    "change",
    [
        lambda desk: keep(desk, "nothing"),
        lambda desk: theming_changes.merge(desk.store, desk.config, "nothing", "late", **BY),
        lambda desk: theming_changes.merge(desk.store, desk.config, "late", "nothing", **BY),
        lambda desk: theming_changes.dismiss(desk.store, desk.config, "nothing", **BY),
        lambda desk: theming_changes.restore(desk.store, desk.config, "nothing", **BY),
    ],
    ids=["keep", "merge", "merge into", "dismiss", "restore"],
)
def test_an_unknown_theme_is_said(desk: ThemesDesk, change: Callable[[ThemesDesk], None]) -> None:
    """And nothing is done."""
    with pytest.raises(MailresponderError, match="no theme 'nothing'"):
        change(desk)
    assert deeds(desk) == []


def test_the_shipped_themes_are_copied_once(desk: ThemesDesk) -> None:
    """A file that is there stays as it is."""
    with pytest.raises(MailresponderError, match="there already"):
        theming_changes.copy(desk.config)
    desk.config.themes_path.unlink()
    assert theming_changes.copy(desk.config).read_text() == themes_file.shipped()
