"""Questions to a person at a terminal, asked until the answer can be used, and results shown
between them. All raise click.Abort at Ctrl-C and at the end of the input."""

from collections.abc import Callable, Iterable
from textwrap import fill
from typing import TypeVar

import click

from mailresponder.cli import output
from mailresponder.errors import ConfigError
from mailresponder.jobs.results import CheckResult

T = TypeVar("T")


def ask_until(text: str, proposed: str, put: Callable[[str], T]) -> T:
    """What `put` makes of the answer; while it raises ValueError or ConfigError, ask again.

    `proposed`: what Enter alone stands for; empty: an empty answer.
    """
    while True:
        said = click.prompt(text, default=proposed, show_default=bool(proposed)).strip()
        try:
            return put(said)
        except ConfigError as error:
            complaints = [(problem.message, problem.hint) for problem in error.problems]
        except ValueError as error:
            complaints = [error.args]
        # One answer may stand in several places, and be as wrong in each.
        for words in dict.fromkeys(complaints):
            output.say_marked(f"  {output.one_line('; '.join(filter(None, words)))}", colour="red")


def ask_secret(text: str) -> str:
    """What is typed without being shown; Enter alone is empty."""
    return str(click.prompt(text, default="", show_default=False, hide_input=True))


def several(said: str) -> tuple[str, ...]:
    """The words of an answer that may be a list, with or without commas."""
    return tuple(said.replace(",", " ").split())


def head(text: str) -> None:
    """Begin a part."""
    output.say()
    output.say_marked(text, colour="cyan")


def listed(texts: Iterable[str]) -> None:
    """Print paragraphs, each with a dash before it."""
    for text in texts:
        output.say(
            fill(
                text,
                96,
                initial_indent="  - ",
                subsequent_indent="    ",
                break_long_words=False,
                break_on_hyphens=False,
            )
        )


def show(results: Iterable[CheckResult]) -> frozenset[str]:
    """Print each result as it comes; gives the names of those that failed."""
    failed = set()
    for result in results:
        output.say_result(result, indent="  ")
        if not result.ok:
            failed.add(result.name)
    return frozenset(failed)


def advise(text: str) -> None:
    """Print what to do about it."""
    output.say_advice(text, indent="  ")
