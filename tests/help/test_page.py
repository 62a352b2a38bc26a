"""The help on the page says what the page is."""

import re
import tomllib
from importlib.resources import files

from mailresponder.config.password_hash import PasswordHash
from mailresponder.config.services import WebSettings
from mailresponder.jobs import health
from mailresponder.web.asking import Role
from mailresponder.web.pages.why import MEGABYTES
from mailresponder.web.sessions import LASTS
from mailresponder.web.words import Words

HELP = (files("mailresponder") / "help" / "page.md").read_text(encoding="utf-8")


def examples(language: str) -> list[str]:
    """The indented blocks that begin as a section of this kind."""
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", HELP, re.M)
    return [re.sub("^    ", "", block, flags=re.M) for block in blocks if language in block]


def test_every_page_is_named_as_its_menu_does() -> None:
    """The table has the words that stand on the page, in both languages."""
    listed = re.findall(r"^\| ([A-Z][\w ?]+) \| ([\w¿? ]+) \|", HELP, re.M)

    pages = ("queue", "templates", "health", "why")
    assert listed == [(Words("en")(f"{page}.menu"), Words("es")(f"{page}.menu")) for page in pages]


def test_every_role_is_named() -> None:
    """The table of roles is the list of roles."""
    named = set(re.findall(r"^\| `(\w+)` \|", HELP, re.M))

    assert named == {role.name.lower() for role in Role if role is not Role.NOBODY}


def test_the_configuration_can_be_used() -> None:
    """What is shown is taken, with a real hash in the place of the dots."""
    [section] = examples("[web]\n")
    [user] = examples("[[web.user]]\n")
    made = str(PasswordHash.of("correct horse battery staple", salt=bytes(16)))
    held = tomllib.loads(section)["web"] | tomllib.loads(user.replace("$scrypt$…", made))["web"]

    settings = WebSettings.model_validate(held)

    assert settings.url == "https://desk.example.com"
    assert [one.name for one in settings.user] == ["ana@example.com"]


def test_the_figures_are_those_of_the_code() -> None:
    """Hours of a session, megabytes of a mail, minutes before a mailbox is late."""
    assert LASTS.total_seconds() == 12 * 3600
    assert f"at most {MEGABYTES} MB" in HELP
    assert health._SOON.total_seconds() == 3 * 60
    assert health._MISSED == 3


def test_lines_fit_a_terminal() -> None:
    """Prose is wrapped at 100 columns; only tables are wider."""
    assert not [line for line in HELP.splitlines() if len(line) > 100 and line[0] != "|"]
