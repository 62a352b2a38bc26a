"""`web`: the page."""

import getpass
import os
import sys
import threading
from importlib.util import find_spec

import click

from mailresponder.cli import output, warn
from mailresponder.cli.extras import MissingExtraError
from mailresponder.cli.service import WEB
from mailresponder.cli.signals import stop_on_signals
from mailresponder.config import Config
from mailresponder.errors import ExitStatus, MailresponderError
from mailresponder.imports import uncollected

_STATUS = "the page is up"
_VIEWER = "viewer"
_ROLE = click.Choice([_VIEWER, "admin"])


@click.command("web")
@click.option("--host", metavar="H", help="Where to listen; else [web] host.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="P",
    help="Else [web] port; 0 takes a free one.",
)
@click.option(
    "--hash", "hashing", is_flag=True, help="Ask for a password and print the lines of its user."
)
@click.option("--name", metavar="NAME", help="With --hash: the user's name.")
@click.option("--role", type=_ROLE, help='With --hash; a "viewer" changes nothing.')
@click.pass_context
def web_command(
    ctx: click.Context,
    host: str | None,
    port: int | None,
    hashing: bool,
    name: str | None,
    role: str | None,
) -> int:
    """Serve the page for admins and staff until SIGTERM: templates, queue, health.

    SIGHUP has it read its configuration anew, as for `run`.

    Without users it stays on this machine and prints a link that lets one
    browser in, once. For use behind a reverse proxy, give each user a
    [[web.user]] in the configuration: --hash asks for name, role and password
    and prints one. It reads the password from standard input where that is no
    terminal; who names no role is a viewer.

    \b
    Examples:
      mailresponder web
      mailresponder web --port 9000
      mailresponder web --hash
      mailresponder web --hash --name ana@example.com --role admin

    \b
    Exit status: 0 stopped, 75 the port is taken, 78 configuration: so also
    where others could reach the page and no user is named.
    """
    if not hashing and (name is not None or role is not None):
        # Nobody is to believe that the link would let in a viewer.
        raise click.UsageError("--name and --role go with --hash", ctx=ctx)
    _require_web()
    if hashing:
        return _print_user(name, role)
    with uncollected():
        from mailresponder.app import App
        from mailresponder.app.reloading import Reloads
        from mailresponder.app.supervisor import Supervisor
        from mailresponder.cli import reading
        from mailresponder.cli.context import load_config
        from mailresponder.logs import log_to_stderr
        from mailresponder.web.hosting import page_of

    config = load_config(ctx)
    log_to_stderr(verbose=ctx.obj["verbose"])
    listening = _safe(config, host) if host else config.web.host
    stop = threading.Event()
    up: list[Reloads] = []
    asked = threading.Event()

    def reload() -> None:
        asked.set()
        for reloads in up:
            reloads.ask()

    # Before anybody can read that the page is there, and stop it.
    stop_on_signals(stop, reload)
    supervisor = Supervisor.of(os.environ, pid=os.getpid())
    with (
        App.open(config, passes=False) as app,
        page_of(
            app,
            host=listening,
            port=config.web.port if port is None else port,
            say=output.say,
        ) as page,
        Reloads(
            page,
            reading.of_page(listening),
            command="web",
            supervisor=supervisor,
            status=lambda: _STATUS,
        ) as reloads,
        supervisor.watched(
            lambda: _STATUS, lambda: ["the server"] if page.progress.is_stuck else []
        ),
    ):
        up.append(reloads)
        if asked.is_set():
            # While the page came up: the file may be another one since.
            reloads.ask()
        supervisor.ready(_STATUS)
        stop.wait()
        supervisor.stopping()
    return ExitStatus.OK


def _safe(config: Config, host: str) -> str:
    """The host, where the page may listen there as it may where the configuration says."""
    from mailresponder.config import serving

    for warning in serving.in_the_open(serving.require_safe_at(config, host)):
        warn(warning)
    return host


def _print_user(name: str | None, role: str | None) -> int:
    from mailresponder.config.password_hash import LONGEST, SHORTEST
    from mailresponder.web.passwords import new_hash

    if sys.stdin.isatty():
        # Beside the lines, which may go to a file.
        name = name or click.prompt("Name, best their mail address", err=True)
        role = role or click.prompt("Role", type=_ROLE, default=_VIEWER, err=True)
        password = click.prompt(
            f"Password, {SHORTEST} characters or more",
            hide_input=True,
            confirmation_prompt="Once more",
            err=True,
        )
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not SHORTEST <= len(password) <= LONGEST:
        raise MailresponderError(
            f"a password has {SHORTEST} characters or more, and no more than {LONGEST}",
            mend="several words that nobody would guess are easy to remember",
        )
    name = name or _account()
    output.say("[[web.user]]")
    output.say(f"name = {_quoted(name)}")
    output.say(f'role = "{role or _VIEWER}"')
    output.say(f'password_hash = "{new_hash(password)}"')
    return ExitStatus.OK


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # In a container, say.
        raise MailresponderError(
            "this account has no name", mend="say with --name whose password it is"
        ) from None


def _quoted(text: str) -> str:
    """As a TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _require_web() -> None:
    if all(map(find_spec, WEB)):
        return
    from mailresponder.config import how_to_install

    raise MissingExtraError(
        "the page is not installed with this mailresponder", mend=how_to_install("web")
    )
