"""`templates`: which there are and whether they can be used; its other commands stand in
`template_previews` and `template_changes`."""

import click

from mailresponder.cli import output, template_changes, template_previews
from mailresponder.cli.template_options import mailbox_option, open_folder, require_mailbox
from mailresponder.errors import ExitStatus


@click.group("templates")
def templates_command() -> None:
    """List, check, preview, test and change the templates of our mail.

    A template is changed by copying it into the desk's templates folder and editing it there, or
    on the page (mailresponder web); it counts from the moment it is saved. What may stand in it:
    mailresponder help templates.
    """


@templates_command.command("list", short_help="List every template and whether it was changed.")
@mailbox_option("Only what this mailbox has of its own.")
@click.pass_context
def list_command(ctx: click.Context, mailbox: str | None) -> int:
    """List every template, its language, and whether the shipped or a changed one is used; of the
    mailboxes, the templates of their own.

    \b
    Examples:
      mailresponder templates list
      mailresponder templates list --mailbox billing
    """
    config, folder = open_folder(ctx)
    names = [one.name for one in config.mailboxes]
    require_mailbox(names, mailbox)
    listed = folder.listing(names)
    if mailbox is not None:
        listed = [info for info in listed if info.place.mailbox == mailbox]
    if not listed:
        output.say(f"{mailbox} has no templates of its own: it uses the desk's.")
        return ExitStatus.OK
    # On a desk where nothing was changed, the columns would only take room.
    changed = any(info.changed_at for info in listed)
    whose = any(info.place.mailbox for info in listed)
    output.print_table(
        (
            *("NAME", "LANGUAGE", "STATE"),
            *(["MAILBOX"] if whose else []),
            *(["CHANGED", "BY"] if changed else []),
            "FILE",
        ),
        [
            (
                *(info.place.name, info.place.language or "all", info.state.value),
                *([info.place.mailbox or "all"] if whose else []),
                *(
                    [output.when(info.changed_at, config.desk.timezone), info.changed_by or "-"]
                    if changed
                    else []
                ),
                str(info.path) if folder.held(info.place) is not None else "shipped",
            )
            for info in listed
        ],
        marked=[number for number, info in enumerate(listed) if info.problem is not None],
    )
    return ExitStatus.OK


@templates_command.command("check", short_help="Check the changed templates on sample tickets.")
@click.pass_context
def check_command(ctx: click.Context) -> int:
    """Check the changed templates on sample tickets. For each mistake: file, line, what is wrong
    and the nearest right name, and what is used until it is mended.

    Exit status: 0 all can be used, 1 one is broken.
    """
    config, folder = open_folder(ctx)
    problems = folder.problems()
    for problem in problems:
        output.say(f"{problem.path}:{problem.line}: {problem.message}")
        for other in problem.others:
            output.say(f"{problem.path}:{other.line}: {other.message}")
        output.say(f"  {problem.meanwhile}")
    if problems:
        return ExitStatus.NOT_WELL
    names = [one.name for one in config.mailboxes]
    output.say(f"All {len(folder.listing(names))} templates can be used.")
    return ExitStatus.OK


for _command in (
    template_previews.preview_command,
    template_previews.send_command,
    template_changes.copy_command,
    template_changes.diff_command,
    template_changes.history_command,
    template_changes.restore_command,
    template_changes.revert_command,
):
    templates_command.add_command(_command)
