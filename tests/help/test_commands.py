"""The help on commands says what the parser reads."""

import re
from importlib.resources import files

from mailresponder.policy.arguments import order_named
from mailresponder.policy.commands import parse
from mailresponder.policy.orders import WORDS

HELP = (files("mailresponder") / "help" / "commands.md").read_text(encoding="utf-8")
ROWS = [line for line in HELP.splitlines() if line.startswith("| `#")]


def test_every_name_of_a_command_is_listed() -> None:
    """Each row holds all names of one command and no others, English first."""
    listed = [re.findall(r"`#([\w-]+)", row.rpartition("|")[0].rpartition("|")[0]) for row in ROWS]
    assert sorted(map(sorted, listed)) == sorted(sorted(names) for names in WORDS.values())
    assert [order_named(names[0]) for names in listed] == list(WORDS)


def test_every_example_can_be_sent() -> None:
    """What stands in the table is understood as it stands there."""
    for written in re.findall(r"`(#[^`]+)`", "\n".join(ROWS)):
        read = parse(written)
        assert read.commands, written
        assert not read.mistakes


def test_the_example_mail_is_read_as_described() -> None:
    """Commands, a note, and the text for the customer."""
    shown = HELP.partition("was done.\n\n")[2].partition("\n\n| English")[0]
    read = parse("\n".join(line[4:] for line in shown.splitlines()))
    assert [command.order.value for command in read.commands] == ["mine", "snooze", "note"]
    assert read.rest.startswith("Dear Ms Vega,")


def test_lines_fit_a_terminal() -> None:
    """Prose is wrapped at 100 columns; only tables are wider."""
    assert not [line for line in HELP.splitlines() if len(line) > 100 and line[0] != "|"]
