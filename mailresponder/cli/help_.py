"""`help`: topics explained at length, and the `--help` of any command."""

import click

from mailresponder.cli import COMMANDS, output
from mailresponder.errors import ExitStatus, MailresponderError


@click.command("help")
@click.argument("topic", required=False)
@click.option(
    "--in", "language", default="en", show_default=True, help="In this language, where it is there."
)
@click.pass_context
def help_command(ctx: click.Context, topic: str | None, language: str) -> int:
    """Explain TOPIC at length, or a command; without one, list the topics and the commands.

    \b
    Examples:
      mailresponder help
      mailresponder help operating
      mailresponder help staff --in es
    """
    from mailresponder.jobs.topics import topics

    known = topics(language)
    if topic is None:
        output.say("Topics, each with: mailresponder help TOPIC")
        widest = max(map(len, known))
        for name, one in known.items():
            output.say(f"  {name:{widest}}  {one.title}")
        output.say()
        output.say("Commands, each with: mailresponder COMMAND --help")
        widest = max(map(len, COMMANDS))
        for name, (_, text) in COMMANDS.items():
            output.say(f"  {name:{widest}}  {text}")
        return ExitStatus.OK
    if topic in known:
        output.say(known[topic].text.rstrip())
        return ExitStatus.OK
    output.say(_help_of_command(ctx, topic, list(known)))
    return ExitStatus.OK


def _help_of_command(ctx: click.Context, name: str, topics: list[str]) -> str:
    group = ctx.parent.command if ctx.parent is not None else None
    command = group.get_command(ctx, name) if isinstance(group, click.Group) else None
    if command is None:
        raise MailresponderError(
            f"there is no topic {output.one_line(name)!r}",
            mend=f"topics: {', '.join(topics)}; or name a command",
        )
    with click.Context(command, info_name=name, parent=ctx.parent) as inner:
        return command.get_help(inner)
