"""`help`: topics explained at length, and the `--help` of any command."""

from importlib import resources

import click

from mailresponder.cli import COMMANDS, output
from mailresponder.errors import ExitStatus, MailresponderError

_SUFFIXES = (".md", ".yml", ".txt")
"""Of topics: texts, and files to be used as they are printed."""


@click.command("help")
@click.argument("topic", required=False)
@click.pass_context
def help_command(ctx: click.Context, topic: str | None) -> int:
    """Explain TOPIC at length, or a command; without one, list the topics and the commands.

    \b
    Examples:
      mailresponder help
      mailresponder help templates
    """
    known = _topics()
    if topic is None:
        output.say("Topics, each with: mailresponder help TOPIC")
        for name in known:
            output.say(f"  {name}")
        output.say()
        output.say("Commands, each with: mailresponder COMMAND --help")
        widest = max(map(len, COMMANDS))
        for name, (_, text) in COMMANDS.items():
            output.say(f"  {name:{widest}}  {text}")
        return ExitStatus.OK
    if topic in known:
        output.say(known[topic].rstrip())
        return ExitStatus.OK
    output.say(_help_of_command(ctx, topic, known))
    return ExitStatus.OK


def _topics() -> dict[str, str]:
    """Topic to its text, in the order of the alphabet."""
    from mailresponder.jobs.manual_page import filled

    folder = resources.files("mailresponder") / "help"
    files = sorted(folder.iterdir(), key=lambda file: file.name) if folder.is_dir() else []
    return {
        file.name.partition(".")[0]: filled(file.read_text("utf-8"))
        for file in files
        if file.name.endswith(_SUFFIXES)
    }


def _help_of_command(ctx: click.Context, name: str, topics: dict[str, str]) -> str:
    group = ctx.parent.command if ctx.parent is not None else None
    command = group.get_command(ctx, name) if isinstance(group, click.Group) else None
    if command is None:
        raise MailresponderError(
            f"there is no topic {output.one_line(name)!r}",
            mend=f"topics: {', '.join(topics) or 'none'}; or name a command",
        )
    with click.Context(command, info_name=name, parent=ctx.parent) as inner:
        return command.get_help(inner)
