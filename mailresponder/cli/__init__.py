"""The `mailresponder` command: which commands there are, and how every error reaches a person.

Each command's module is imported only when the command is called, so `--help` costs little.
"""

import importlib
import os
import sys
from pathlib import Path
from typing import Any, Literal, NoReturn

import click

from mailresponder import __version__
from mailresponder.errors import ConfigError, ExitStatus, MailresponderError, TemporaryFailure

COMMANDS: dict[str, tuple[str, str]] = {
    "demo": ("service", "See the whole job done against an embedded mail server."),
    "init": ("init", "Set up: ask, try the servers, write a configuration."),
    "check": ("check", "Connect everywhere and say what is wrong and how to mend it."),
    "login": ("login", "Sign a mailbox in at Google, Microsoft or another, without a password."),
    "logout": ("login", "Let go of that sign-in."),
    "run": ("service", "Do the job until SIGTERM, or once."),
    "worker": ("worker", "Share that job with other workers: for thousands of mailboxes."),
    "unit": ("unit", "Print a service file for systemd."),
    "tickets": ("tickets", "List the queue, angry and overdue first."),
    "ticket": ("tickets", "Show one ticket, its messages and what was done and why."),
    "answered": ("acting", "Mark a ticket as answered, by telephone say."),
    "wait": ("acting", "Say that it is the customer's turn."),
    "close": ("acting", "Close a ticket."),
    "snooze": ("acting", "Put off reminders about a ticket."),
    "assign": ("acting", "Give a ticket to somebody of staff."),
    "note": ("acting", "Write something down about a ticket for colleagues."),
    "merge": ("acting", "Make a ticket part of another one of the same customer."),
    "spam": ("acting", "Say that no customer wrote a ticket."),
    "not-spam": ("acting", "Take that back."),
    "angry": ("judging", "Say that a ticket's customer is angry."),
    "not-angry": ("judging", "Say that a ticket's customer is not angry."),
    "defect": ("defects", "Name what is wrong, and gather who complains of it."),
    "announce": ("announce", "Tell everyone who complained that it is fixed."),
    "learn": ("learning", "Learn from what staff said of anger."),
    "inspect": ("texts", "Explain how stored mails are read, and why."),
    "score": ("texts", "Say how angry a text on standard input is."),
    "templates": ("templates", "List, check, preview, test and change the templates of our mail."),
    "report": ("reports", "Tell what customers said, in figures and in their words."),
    "themes": ("themes", "List, find, keep, merge and dismiss what customers write about."),
    "web": ("web", "Serve the page: templates, queue, health."),
    "outbox": ("outbox", "List the mail that waits or failed."),
    "retry": ("outbox", "Try one mail of the outbox again now."),
    "privacy": ("privacy", "Say what is stored, whose it is, and how long."),
    "export": ("privacy", "Write out all that is held of a person, for them."),
    "erase": ("privacy", "Take a person out of the database for good."),
    "compact": ("compact", "Let go of what is old and make the database small."),
    "help": ("help_", "Explain a topic at length."),
}
"""Name to the module under `mailresponder.cli` and the line in `--help`."""


class _Commands(click.Group):
    """Commands by name, each imported when it is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"mailresponder.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        # `--help` and `--version` print here already.
        try:
            return super().make_context(*args, **kwargs)
        except BrokenPipeError:
            _forget_output()
            raise click.exceptions.Exit(ExitStatus.OK) from None

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # The reader has left, as with `| head`. Click would call that a failure.
            _forget_output()
            return ExitStatus.OK

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS:
            known = ", ".join(COMMANDS)
            ctx.fail(f"No such command {args[0]!r}. Commands: {known}.")
        return super().resolve_command(ctx, args)


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="mailresponder")
@click.option(
    "--config",
    "config_path",
    # Whether it can be read is said by whoever reads it, in the same words however it was found.
    type=click.Path(path_type=Path, readable=False),
    metavar="PATH",
    help="The configuration; else $MAILRESPONDER_CONFIG, else ./config.toml.",
)
@click.option("-v", "--verbose", is_flag=True, help="Log every step.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    help="How to log to standard error; else [log] format.",
)
@click.pass_context
def _main(
    ctx: click.Context,
    config_path: Path | None,
    verbose: bool,
    log_format: Literal["text", "json"] | None,
) -> None:
    """A complaint desk that lives in e-mail: acknowledges every customer at once, flags the angry,
    notices when staff have answered, and escalates what nobody answered in time.

    Try it: mailresponder demo. Set it up: mailresponder init, then check, then run.
    """
    ctx.obj = {"config_path": config_path, "verbose": verbose, "log_format": log_format}
    if log_format == "json":
        from mailresponder import logs

        # From here on: the configuration may be what is wrong.
        logs.use_format(log_format)
        logs.log_to_stderr(verbose=verbose)


def main() -> NoReturn:
    """Run the command; every error a user can cause is a sentence and an exit status."""
    if os.getpid() == 1:
        from mailresponder.cli.first_process import stand_in_front

        stand_in_front()
    try:
        result: Any = _main.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except MailresponderError as error:
        report(error)
        sys.exit(error.exit_status)
    except OSError as error:
        report(TemporaryFailure(error.strerror or "the system refused"))
        _forget_output()
        sys.exit(ExitStatus.TEMPORARY)
    sys.exit(result if isinstance(result, int) else ExitStatus.OK)


def _forget_output() -> None:
    """Keep the interpreter from complaining at exit that what it printed cannot be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def report(error: MailresponderError, *, mailbox: str | None = None) -> None:
    """Say on standard error what is wrong and what to do about it; in JSON, where the log is.
    `mailbox`: the one it is about, where there may be others."""
    logs = _json_log()
    if logs is not None:
        logs.failed(error, mailbox=mailbox)
        return
    if mailbox is not None:
        click.echo(f"Mailbox {mailbox}:", err=True)
    if isinstance(error, ConfigError):
        click.echo(f"Configuration: {error.source or 'cannot be used'}", err=True)
        for problem in error.problems:
            click.echo(f"  {problem.path}: {problem.message}", err=True)
            if problem.hint:
                click.echo(f"    {problem.hint}", err=True)
    else:
        click.echo(f"Error: {error.message}", err=True)
        if error.mend:
            click.echo(f"  {error.mend}", err=True)


def _json_log() -> Any:
    """The module of the log, if it is there and is JSON: nobody imports it to say this."""
    logs = sys.modules.get("mailresponder.logs")
    return logs if logs is not None and logs.speaks_json() else None


def warn(text: str, *, detail: str = "") -> None:
    """As `report`, of what works and should be mended all the same."""
    logs = _json_log()
    if logs is not None:
        logs.warned(text, detail=detail)
        return
    click.echo(f"Warning: {text}", err=True)
    if detail:
        click.echo(f"  {detail}", err=True)
