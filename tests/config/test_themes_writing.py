"""A theme written into a file of themes."""

from mailresponder.config import themes_file
from mailresponder.config.themes_writing import with_theme
from mailresponder.listening.taxonomy import Theme

FILE = """\
# Ours, since 2024.

[late-delivery]
owner = "logistics@example.com"  # ask Ana
name = { en = "Late delivery", es = "Retraso en la entrega" }
words.en = [
  "not arrive",  # the most frequent
  "delay",
]
words.es = ["no llegar"]

# What we are paid for.
[refund]
name.en = "Refunds"
words.en = ["refund"]
"""
CRASH = Theme(
    key="found-3",
    names={"en": 'The "app" crashes', "es": "La aplicación se cierra"},
    words={"en": ("app crash|close", "freeze"), "es": ("aplicación cerrar", "se cuelga")},
    owner="dev@example.com",
)


def read(text: str) -> dict[str, Theme]:
    return {theme.key: theme for theme in themes_file.parsed(text, source="themes.toml").themes}


def test_a_new_theme_stands_behind_all_others() -> None:
    """What was there before is there as it was, to the letter."""
    text = with_theme(FILE, CRASH)
    assert text.startswith(FILE)
    assert read(text)["found-3"] == CRASH
    assert list(read(text)) == ["late-delivery", "refund", "found-3"]


def test_it_can_be_the_first() -> None:
    """In an empty file, or one that holds nothing but a comment."""
    assert read(with_theme("", CRASH)) == {"found-3": CRASH}
    text = with_theme("# Ours.\n", CRASH)
    assert text.startswith("# Ours.\n")
    assert read(text) == {"found-3": CRASH}


def test_it_stands_below_the_shipped_ones() -> None:
    """The file that comes with the package takes it like any other."""
    shipped = themes_file.shipped()
    text = with_theme(shipped, CRASH)
    assert text.startswith(shipped)
    assert read(text) == {**read(shipped), "found-3": CRASH}


def test_a_change_touches_nothing_else() -> None:
    """Comments stay, and lists that say the same."""
    late = read(FILE)["late-delivery"]
    changed = Theme(
        key=late.key,
        names={**late.names, "en": "Parcels"},
        words={**late.words, "es": ("no llegar", "retraso")},
        owner="ana@example.com",
    )
    text = with_theme(FILE, changed)
    assert read(text)["late-delivery"] == changed
    gone = [line for line in FILE.splitlines() if line not in text.splitlines()]
    assert len(gone) == 3
    assert '"not arrive",  # the most frequent' in text
    assert "# ask Ana" in text


def test_a_language_can_be_added() -> None:
    """However its section is written."""
    refund = read(FILE)["refund"]
    changed = Theme(
        key="refund",
        names={**refund.names, "es": "Reembolsos"},
        words={**refund.words, "es": ("reembolso", "devolver dinero")},
    )
    assert read(with_theme(FILE, changed))["refund"] == changed


def test_long_lists_take_a_line_for_each() -> None:
    """So that people can read them, and versions be compared."""
    many = Theme(
        key="late",
        names={"en": "Late"},
        words={"en": tuple(f"waiting for parcel number{n}" for n in range(9))},
    )
    text = with_theme("", many)
    assert max(map(len, text.splitlines())) < 60
    assert read(text) == {"late": many}
