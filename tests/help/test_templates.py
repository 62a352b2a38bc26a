"""The help on templates says what the code does."""

import re
from importlib.resources import files
from pathlib import Path

from mailresponder.jobs.manual_page import filled
from mailresponder.policy.notices import NAMES
from mailresponder.policy.samples import ORDINARY, samples
from mailresponder.store.templates import State, TemplateFolder
from mailresponder.templating import FILTERS

HELP = filled((files("mailresponder") / "help" / "templates.md").read_text(encoding="utf-8"))


def rows(section: str) -> list[str]:
    """The names in the first column of a section's table."""
    cells = re.findall(r"^\| (`[^|]*) \|", section, re.M)
    return [name for cell in cells for name in re.findall(r"`(\w+)", cell)]


def test_every_variable_is_documented_where_it_is_known() -> None:
    """For each notice the tables list exactly the variables its template gets."""
    documented: dict[str, set[str]] = {name: set() for name in NAMES}
    for heading, section in re.findall(r"^### In (.*?)\n(.*?)(?=^##)", HELP, re.M | re.S):
        listed = re.search(r"^These are (.*?)\.$", section, re.M | re.S)
        for name in re.findall(r"`(\w+)`", listed[1] if listed else heading) or NAMES:
            documented[name] |= set(rows(section))

    assert documented == {name: set(samples(name, "en")[ORDINARY]) for name in NAMES}


def test_every_filter_is_documented() -> None:
    """The table of filters is the list of filters."""
    section = HELP.partition("## Filters")[2].partition("\n## ")[0]
    assert set(rows(section)) == set(FILTERS)


def test_every_notice_is_documented() -> None:
    """The table of files is the list of notices."""
    section = HELP.partition("## Files")[2].partition("\n## ")[0]
    assert set(rows(section)) == set(NAMES)


def test_the_example_works(tmp_path: Path) -> None:
    """The template shown under Shape can be used as it stands, for every invented customer."""
    shown = HELP.partition("## Shape\n\n")[2].partition("\n\nThe first line")[0]
    path = tmp_path / "en" / "acknowledgement.md.j2"
    path.parent.mkdir()
    path.write_text("\n".join(line[4:] for line in shown.splitlines()), encoding="utf-8")

    folder = TemplateFolder(tmp_path)
    assert folder.problems() == []
    assert State.CHANGED in {info.state for info in folder.listing()}


def test_lines_fit_a_terminal() -> None:
    """Prose is wrapped at 100 columns; only tables are wider."""
    assert not [line for line in HELP.splitlines() if len(line) > 100 and line[0] != "|"]
