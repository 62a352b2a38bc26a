"""`check`: look at everything and say what is wrong and how to mend it."""

import os
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from mailresponder.cli import output
from mailresponder.errors import ConfigError, ExitStatus

if TYPE_CHECKING:
    from mailresponder.transport.dns import Dns


_PATIENCE = timedelta(minutes=5)


def _dns_server(ctx: click.Context, param: click.Parameter, value: str | None) -> "Dns | None":
    from ipaddress import ip_address

    from mailresponder.transport.dns import Dns

    if value is None:
        return None
    address, port = value, "53"
    if value.count(":") == 1 or value.startswith("["):
        address, _, port = value.rpartition(":")
        address = address.removeprefix("[").removesuffix("]")
    try:
        ip_address(address)
        return Dns(servers=(address,), port=int(port))
    except ValueError as error:
        raise click.BadParameter("as 9.9.9.9 or 127.0.0.1:5353", ctx=ctx, param=param) from error


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
@click.option(
    "--mailbox",
    "only",
    metavar="NAME",
    multiple=True,
    help="Look into this mailbox only; may be given again.",
)
@click.option(
    "--dns-server",
    "dns",
    metavar="ADDRESS",
    callback=_dns_server,
    help="Ask this server about SPF, DKIM and DMARC, as 9.9.9.9 or 127.0.0.1:5353."
    " [default: this machine's]",
)
@click.option(
    "--monitor",
    is_flag=True,
    help="Say only what is not well, and end with a status by cause: 75, 77, 78 or 1.",
)
@click.pass_context
def check_command(
    ctx: click.Context,
    as_json: bool,
    send_test: bool,
    wait: timedelta | None,
    only: tuple[str, ...],
    dns: "Dns | None",
    monitor: bool,
) -> int:
    """Look at everything the desk needs: network, certificates, sign-in, folders, room and limits
    at the servers, the domain's SPF, DKIM and DMARC, templates, calendar, clock, database, disk and
    who can read the secrets. Say what is wrong and how to mend it.

    Exit status 1 if anything is wrong, 78 if the configuration is; a warning fails nothing. With
    --monitor it tells more: 75 if all that fails may pass by itself, as a server that does not
    answer; 77 if a server refuses to sign in; 1 for all else. And nothing is said when all is well,
    as cron likes it.

    On a terminal --send-test then asks for a reply to the test mail, and says whether answers that
    staff send are seen, and by which way.

    \b
    Examples:
      mailresponder check
      mailresponder check --send-test
      mailresponder check --send-test --wait 10m
      mailresponder check --json | jq '.[] | select(.ok | not)'
      mailresponder check --monitor --mailbox support
      mailresponder check --dns-server 9.9.9.9
    """
    from mailresponder.cli.context import load_config
    from mailresponder.clock import utc_now
    from mailresponder.jobs import checking
    from mailresponder.jobs.results import status_by_cause
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
    for name in only:
        config.mailbox(name)
    results = []
    if wait is None:
        # A script, or whoever reads JSON, is nobody to ask for a reply.
        wait = _PATIENCE if _is_somebody_there() and not as_json else timedelta()
    trial = Trial(reply_within=wait, say=_ask) if send_test else None
    found = checking.check(
        config, clock=utc_now, environ=os.environ, trial=trial, dns=dns, only=only
    )
    for result in found:
        results.append(result)
        if not as_json and not (monitor and result.ok and not result.warning):
            output.say_result(result)
    failing = sum(not result.ok for result in results)
    warned = sum(result.warning for result in results)
    if as_json:
        output.print_json([result.shown() for result in results])
    elif failing:
        output.say(f"{failing} of {len(results)} checks failed.")
    elif not monitor:
        heed = f" {_times(warned, 'warning')}." if warned else ""
        output.say(f"All {len(results)} checks are well.{heed}")
    if monitor:
        return status_by_cause(results)
    return ExitStatus.NOT_WELL if failing else ExitStatus.OK


def _times(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _is_somebody_there() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _ask(text: str) -> None:
    """Beside the results, which a program may be reading."""
    click.echo(output.one_line(text), err=True)
