import pytest

from mailresponder.cli import COMMANDS
from mailresponder.jobs.topics import topics


def test_topics_and_commands_are_listed(run) -> None:
    """`help` alone says what topics there are, and what each command is for in a line."""
    done = run("help")

    assert done.status == 0
    lines = [line.split(maxsplit=1) for line in done.out.splitlines()]
    assert all([name, text] in lines for name, (_, text) in COMMANDS.items())
    assert all([name, topic.title] in lines for name, topic in topics().items())


def test_topic_is_printed(run) -> None:
    """`help templates` prints the text that is shipped in the package."""
    done = run("help", "templates")

    assert done.status == 0
    assert "acknowledgement" in done.out
    assert len(done.out.splitlines()) > 20


def test_topic_is_printed_in_a_language(run) -> None:
    """`help staff --in es` is Spanish; a topic that is there in English only is printed so."""
    assert run("help", "staff", "--in", "es").out.startswith("# Guía para el personal")
    assert run("help", "sizing", "--in", "es").out == run("help", "sizing").out


def test_command_is_explained(run) -> None:
    """A command's name stands for its --help, where no topic has that name."""
    done = run("help", "snooze")

    assert done.status == 0
    assert done.out.startswith("Usage: ")
    assert "Example" in done.out


@pytest.mark.parametrize("topic", ["nothing", "../cli/__init__", "\x1b[2J"])
def test_unknown_topic_is_a_sentence(run, topic: str) -> None:
    """A topic there is none of ends with status 1 and never opens another file."""
    done = run("help", topic)

    assert (done.status, done.out) == (1, "")
    assert "topic" in done.err
    assert "\x1b" not in done.err


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_explains_itself(run, command: str) -> None:
    """`COMMAND --help` ends with status 0 wherever it is asked, without a configuration."""
    done = run(command, "--help")

    assert done.status == 0
    assert done.out.startswith("Usage: ")
