import pytest

from mailresponder.config.themes_file import parsed, read, shipped
from mailresponder.errors import ConfigError

GOOD = """
[late]
owner = "Ana"
name = { en = "Late", es = "Tarde" }
words.en = ["not arrive"]
words.es = ["no llegar"]
"""


def _problems(text: str) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        parsed(text, source="themes.toml")
    return {problem.path: problem.message for problem in caught.value.problems}


def test_a_theme_is_read() -> None:
    """Key, names, words and owner are what the file says."""
    [theme] = parsed(GOOD, source="themes.toml").themes
    assert (theme.key, theme.owner, theme.name("es")) == ("late", "Ana", "Tarde")
    assert theme.words == {"en": ("not arrive",), "es": ("no llegar",)}


def test_the_shipped_file_has_every_theme_in_both_languages() -> None:
    """English and Spanish are equals in what comes with the package."""
    themes = parsed(shipped(), source="shipped").themes
    assert len(themes) >= 12
    assert all(set(theme.names) == set(theme.words) == {"en", "es"} for theme in themes)


def test_every_mistake_is_told_with_its_place() -> None:
    """One reading tells all that is to be mended."""
    problems = _problems(
        '[two]\nnames = "x"\nname = { en = "", de = "Zwei" }\nwords.en = ["", "a .. b"]\n'
        '[found-3]\nowner = 1\nname.en = "Three"\nwords.en = []\n'
        '[Big]\nname.en = "Big"\nwords.en = ["big"]\n'
    )
    assert set(problems) == {
        "two.names",
        "two.name.en",
        "two.name.de",
        "two.words.en[0]",
        "two.words.en[1]",
        "found-3.owner",
        "found-3.words.en",
        "Big",
    }


def test_it_is_said_how_to_give_names_and_words() -> None:
    """Under the part that lacks them."""
    with pytest.raises(ConfigError) as raised:
        read(b"[late]", source="themes.toml")
    assert [one.hint for one in raised.value.problems] == ["as late.name.en", "as late.words.en"]


def test_malformed_toml_is_told_with_its_line() -> None:
    """A slip of the fingers is found."""
    [place] = _problems("[late]\nname = x\nowner = 1")
    assert "line 2" in place


def test_text_that_is_not_utf8_is_told_with_its_line() -> None:
    """An editor's other encoding is found."""
    with pytest.raises(ConfigError, match="line 2: is not UTF-8"):
        read("[late]\nowner = 'Íñigo'".encode("latin-1"), source="themes.toml")


def test_a_byte_order_mark_is_no_mistake() -> None:
    """Some editors write one."""
    assert len(read(b"\xef\xbb\xbf" + GOOD.encode(), source="themes.toml").themes) == 1
