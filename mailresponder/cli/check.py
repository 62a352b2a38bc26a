"""`check`: try everything and say what is wrong and how to mend it."""

import os
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from mailresponder.cli import output
from mailresponder.errors import ConfigError, ExitStatus

if TYPE_CHECKING:
    from mailresponder.jobs.results import CheckResult


_PATIENCE = timedelta(minutes=5)


def _duration(ctx: click.Context, param: click.Parameter, value: str | None) -> timedelta | None:
    from mailresponder.policy.deadlines import parse_duration

    if value is None:
        return None
    try:
        return parse_duration(value)
    except ValueError as error:
        raise click.BadParameter("as 90s, 10m or 1h", ctx=ctx, param=param) from error


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="A JSON list.")
@click.option(
    "--send-test", is_flag=True, help="Send a test mail from each mailbox to itself and await it."
)
@click.option(
    "--wait",
    metavar="DURATION",
    callback=_duration,
    help="With --send-test: how long to wait for a person's reply to it, as 10m; 0m for none."
    " [default: 5m on a terminal, else 0m]",
)
@click.pass_context
def check_command(
    ctx: click.Context, as_json: bool, send_test: bool, wait: timedelta | None
) -> int:
    """Connect and sign in everywhere, find the folders, check templates, calendar and clock; say
    what is wrong and how to mend it. Exit status 1 if anything is.

    On a terminal --send-test then asks for a reply to the test mail, and says whether answers that
    staff send are seen, and by which way.

    \b
    Examples:
      mailresponder check
      mailresponder check --send-test
      mailresponder check --send-test --wait 10m
      mailresponder check --json | jq '.[] | select(.ok | not)'
    """
    from mailresponder.cli.context import load_config
    from mailresponder.clock import utc_now
    from mailresponder.jobs import checking
    from mailresponder.jobs.trial import Trial
    from mailresponder.logs import log_to_stderr

    if wait is not None and not send_test:
        raise click.UsageError("--wait needs --send-test")
    try:
        config = load_config(ctx, quiet=True)
    except ConfigError as error:
        if as_json:
            output.print_json([result.shown() for result in checking.of_mistakes(error)])
        raise
    log_to_stderr(verbose=ctx.obj["verbose"])
    results = []
    if wait is None:
        # A script, or whoever reads JSON, is nobody to ask for a reply.
        wait = _PATIENCE if _is_somebody_there() and not as_json else timedelta()
    trial = Trial(reply_within=wait, say=_ask) if send_test else None
    for result in checking.check(config, clock=utc_now, environ=os.environ, trial=trial):
        results.append(result)
        if not as_json:
            _say(result)
    failing = sum(not result.ok for result in results)
    if as_json:
        output.print_json([result.shown() for result in results])
    elif failing:
        output.say(f"{failing} of {len(results)} checks failed.")
    else:
        output.say(f"All {len(results)} checks are well.")
    return ExitStatus.NOT_WELL if failing else ExitStatus.OK


def _is_somebody_there() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _ask(text: str) -> None:
    """Beside the results, which a program may be reading."""
    click.echo(output.one_line(text), err=True)


def _say(result: "CheckResult") -> None:
    line = f"{result.name}: {output.one_line(result.detail)}"
    if result.ok:
        output.say(f"ok      {line}")
    else:
        output.say_marked(f"FAILED  {line}", colour="red")
    if result.mend:
        output.say(f"        -> {output.one_line(result.mend)}")
