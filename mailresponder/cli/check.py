"""`check`: try everything and say what is wrong and how to mend it."""

import os
from typing import TYPE_CHECKING

import click

from mailresponder.cli import output
from mailresponder.errors import ConfigError, ExitStatus

if TYPE_CHECKING:
    from mailresponder.jobs.checking import CheckResult


@click.command("check")
@click.option("--json", "as_json", is_flag=True, help="A JSON list.")
@click.option(
    "--send-test", is_flag=True, help="Send a test mail from each mailbox to itself and await it."
)
@click.pass_context
def check_command(ctx: click.Context, as_json: bool, send_test: bool) -> int:
    """Connect and sign in everywhere, find the folders, check templates, calendar and clock; say
    what is wrong and how to mend it. Exit status 1 if anything is.

    \b
    Examples:
      mailresponder check
      mailresponder check --send-test
      mailresponder check --json | jq '.[] | select(.ok | not)'
    """
    from mailresponder.cli.context import load_config, log_to_stderr
    from mailresponder.clock import utc_now
    from mailresponder.jobs import checking
    from mailresponder.jobs.trial import Trial

    try:
        config = load_config(ctx, quiet=True)
    except ConfigError as error:
        if as_json:
            output.print_json([result.shown() for result in checking.of_mistakes(error)])
        raise
    log_to_stderr(verbose=ctx.obj["verbose"])
    results = []
    for result in checking.check(
        config, clock=utc_now, environ=os.environ, trial=Trial() if send_test else None
    ):
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


def _say(result: "CheckResult") -> None:
    line = f"{result.name}: {output.one_line(result.detail)}"
    if result.ok:
        output.say(f"ok      {line}")
    else:
        output.say_marked(f"FAILED  {line}", colour="red")
    if result.mend:
        output.say(f"        -> {output.one_line(result.mend)}")
