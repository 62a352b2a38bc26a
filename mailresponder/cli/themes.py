"""`themes`: what customers write about, and what is decided about it; the commands that change
something stand in `theme_changes`."""

import sys
from typing import TYPE_CHECKING

import click

from mailresponder.cli import output, theme_changes
from mailresponder.errors import ConfigError, ExitStatus

if TYPE_CHECKING:
    from mailresponder.jobs.theme_view import ThemeView

_SHORT = 90
"""Characters of an example in a list."""


@click.group("themes")
def themes_command() -> None:
    """What customers write about: the themes the desk listens for, and those it found.

    The themes a desk listens for stand in themes.toml beside the configuration, with their words in
    each language; the shipped ones count until there is such a file. More: mailresponder help
    themes.
    """


@themes_command.command("list", short_help="List every theme and how often it was met lately.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list.")
@click.pass_context
def list_command(ctx: click.Context, as_json: bool) -> int:
    """List every theme: kept, found, dismissed or merged; the messages of the last four weeks; who
    owns it; and what customers said of it, with names, numbers and addresses masked.

    \b
    Examples:
      mailresponder themes list
      mailresponder themes list --json | jq '.[] | select(.state == "found")'
    """
    from mailresponder.cli.context import open_store
    from mailresponder.clock import utc_now
    from mailresponder.jobs import theme_view

    with open_store(ctx) as (config, store):
        found = theme_view.listed(store, config, now=utc_now())
        first = config.desk.languages[0]
    if as_json:
        output.print_json([view.shown() for view in found])
        return ExitStatus.OK
    output.print_table(
        ("THEME", "STATE", "4 WEEKS", "NAME", "OWNER", "EXAMPLE"),
        [
            (
                view.row.key,
                f"in {view.row.merged_into}" if view.row.merged_into else view.row.state.value,
                str(view.messages),
                _name(view, first),
                view.owner or "-",
                _shortened(view.examples[0].text) if view.examples else "-",
            )
            for view in found
        ],
    )
    return ExitStatus.OK


@themes_command.command("show", short_help="Show one theme, its words and examples.")
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="A JSON object.")
@click.pass_context
def show_command(ctx: click.Context, key: str, as_json: bool) -> int:
    """Show the theme KEY: names, words, owner, how often it was met in the last four weeks, and two
    examples in each language.

    \b
    Examples:
      mailresponder themes show found-3
    """
    from mailresponder.cli.context import open_store
    from mailresponder.clock import utc_now
    from mailresponder.jobs import theme_view

    with open_store(ctx) as (config, store):
        view = theme_view.shown(store, config, key, now=utc_now())
        zone = config.desk.timezone
    if as_json:
        output.print_json(view.shown())
        return ExitStatus.OK
    row = view.row
    output.say_marked(f"{row.key}: {' / '.join(row.names.values())}", colour="cyan")
    into = f" into {row.merged_into}" if row.merged_into else ""
    met = output.when(row.found_at, zone)
    output.say(
        f"  {row.state}{into}, first met {met} ({zone.key}), last changed by {row.changed_by}"
    )
    output.say(f"  owner: {view.owner or '-'}")
    output.say(f"  messages of the last four weeks: {view.messages}")
    if view.merged:
        output.say(f"  with {', '.join(view.merged)}")
    for code, words in row.words.items():
        output.say(f"  words ({code}): {', '.join(words)}")
    for example in view.examples:
        output.say(f"  {example.language}: {output.one_line(example.text)}")
    return ExitStatus.OK


@themes_command.command("check", short_help="Check the desk's file of themes.")
@click.pass_context
def check_command(ctx: click.Context) -> int:
    """Check the desk's file of themes: each mistake with its place.

    Exit status: 0 it can be used, 1 it cannot.
    """
    from mailresponder.cli.context import load_config
    from mailresponder.config import themes_file

    config = load_config(ctx)
    path = config.themes_path
    try:
        number = len(themes_file.taxonomy_for(config).themes)
    except ConfigError as error:
        for problem in error.problems:
            hint = f" ({problem.hint})" if problem.hint else ""
            output.say(f"{path}: {problem.path}: {problem.message}{hint}")
        return ExitStatus.NOT_WELL
    if path.exists():
        output.say(f"{path}: all {number} themes can be used.")
    else:
        output.say(f"There is no {path}: the {number} shipped themes count.")
    return ExitStatus.OK


@themes_command.command("match", short_help="Say what a text is about.")
@click.argument("text", required=False)
@click.option("--language", metavar="L", help="Its language; else it is heard.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list.")
@click.pass_context
def match_command(ctx: click.Context, text: str | None, language: str | None, as_json: bool) -> int:
    """Say which of the themes the desk listens for a text, else what comes on standard input, is
    about, by which of its words: to try what was written into the file.

    \b
    Examples:
      mailresponder themes match "My parcel has not arrived yet."
      mailresponder themes match --language es < mail.txt

    Exit status: 0, 1 where no theme covers it.
    """
    from mailresponder.cli.context import load_config
    from mailresponder.config import themes_file
    from mailresponder.listening import language as languages
    from mailresponder.listening import lexicon, themes

    config = load_config(ctx)
    taxonomy = themes_file.taxonomy_for(config)
    if language is not None and language not in lexicon.available():
        known = ", ".join(lexicon.available())
        raise click.BadParameter(f"there are {known}", ctx=ctx, param_hint="--language")
    if text is None:
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    heard = languages.detect(text, config.desk.languages)
    found = themes.match(text, language or heard or config.desk.languages[0], taxonomy)
    if as_json:
        output.print_json(
            [{"theme": one.theme, "weight": one.weight, "words": list(one.words)} for one in found]
        )
    elif not found:
        output.say("No theme covers it.")
    for one in () if as_json else found:
        quoted = ", ".join(f'"{output.one_line(words)}"' for words in one.words)
        output.say(f"{one.theme}  {one.weight:.1f}  {quoted}")
    return ExitStatus.OK if found else ExitStatus.NOT_WELL


for command in theme_changes.COMMANDS:
    themes_command.add_command(command)


def _name(view: "ThemeView", language: str) -> str:
    names = view.row.names
    return names.get(language) or next(iter(names.values()), "-")


def _shortened(text: str) -> str:
    line = output.one_line(text)
    return line if len(line) <= _SHORT else f"{line[: _SHORT - 1]}…"
