"""`defect known`, `fixed`, `reopen`, `remove`: what becomes of a defect."""

from datetime import datetime

import click

from mailresponder.cli import output
from mailresponder.cli.at_defects import at_defects
from mailresponder.errors import ExitStatus


@click.command("known", short_help="Say in acknowledgements that it is known.")
@click.argument("defect", metavar="DEFECT")
@click.option("--en", metavar="TEXT", help="One sentence, for customers who write English.")
@click.option("--es", metavar="TEXT", help="The same, for those who write Spanish.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The first day without it.")
@click.option("--off", is_flag=True, help="Say it no more.")
@click.pass_context
def known_command(
    ctx: click.Context,
    defect: str,
    en: str | None,
    es: str | None,
    until: datetime | None,
    off: bool,
) -> int:
    """Have the acknowledgement of a complaint about a defect carry one honest sentence, in the
    customer's language, until that day or until it is fixed.

    \b
    Examples:
      mailresponder defect known "App crashes" --en "We know that the app crashes on login and are
        working on it." --es "Sabemos que la aplicación se cierra al entrar; lo estamos arreglando."
      mailresponder defect known "App crashes" --off
    """
    from mailresponder.jobs import defects

    if off == bool(en or es):
        raise click.UsageError("give --en, --es or both; or --off", ctx)
    with at_defects(ctx) as at:
        sentences = {language: text for language, text in (("en", en), ("es", es)) if text}
        # A day begins when the desk's does.
        day = until.replace(tzinfo=at.config.desk.timezone) if until else None
        after = defects.know(at.hand, at.defect(defect), sentences, until=day)
        missing = [one for one in at.config.desk.languages if not after.known.get(one)]
    if not after.known:
        output.say(f"Acknowledgements say nothing of “{after.name}”.")
        return ExitStatus.OK
    output.say(f"Acknowledgements of complaints about “{after.name}” say so from now on.")
    if missing:
        output.say(f"There is no sentence for {', '.join(missing)}: those customers read none.")
    return ExitStatus.OK


@click.command("fixed", short_help="Say that it is fixed.")
@click.argument("defect", metavar="DEFECT")
@click.pass_context
def fixed_command(ctx: click.Context, defect: str) -> int:
    """Say that a defect is fixed. Nobody is told by that: `mailresponder announce` tells them.

    \b
    Example:
      mailresponder defect fixed "App crashes"
    """
    from mailresponder.jobs import defects

    with at_defects(ctx) as at:
        before = at.defect(defect)
        after = defects.fix(at.hand, before)
    already = " already" if after == before else ""
    output.say(f"“{after.name}” is fixed{already}. Who complained is told by:")
    output.say(f"  mailresponder announce {after.id}")
    return ExitStatus.OK


@click.command("reopen", short_help="Say that it is not fixed after all.")
@click.argument("defect", metavar="DEFECT")
@click.pass_context
def reopen_command(ctx: click.Context, defect: str) -> int:
    """Say that a defect is not fixed after all. What is announced and has not left is taken back.

    \b
    Example:
      mailresponder defect reopen "App crashes"
    """
    from mailresponder.jobs import defects

    with at_defects(ctx) as at:
        before = at.defect(defect)
        after = defects.reopen(at.hand, before)
    already = " already" if after == before else ""
    output.say(f"“{after.name}” is open{already}.")
    return ExitStatus.OK


@click.command("remove", short_help="Remove one that was made by mistake.")
@click.argument("defect", metavar="DEFECT")
@click.pass_context
def remove_command(ctx: click.Context, defect: str) -> int:
    """Remove a defect that was made by mistake: no ticket is linked to it, nobody was told.

    \b
    Example:
      mailresponder defect remove 12
    """
    from mailresponder.jobs import defects

    with at_defects(ctx) as at:
        meant = at.defect(defect)
        defects.remove(at.hand, meant)
    output.say(f"“{meant.name}” is removed.")
    return ExitStatus.OK
