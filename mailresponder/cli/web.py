"""`web`: the page."""

import threading
from importlib.util import find_spec

import click

from mailresponder.cli import output
from mailresponder.cli.service import MissingExtraError, stop_on_signals
from mailresponder.errors import ExitStatus

_WEB = ("starlette", "uvicorn", "itsdangerous", "python_multipart")
"""What the extra `web` installs."""


@click.command("web")
@click.option("--host", metavar="H", help="Where to listen; else [web] host.")
@click.option("--port", type=int, metavar="P", help="Else [web] port; 0 takes a free one.")
@click.pass_context
def web_command(ctx: click.Context, host: str | None, port: int | None) -> int:
    """Serve the page for admins and staff until SIGTERM: templates, queue, health.

    Prints a link that lets one browser in, once.
    """
    _require_web()
    from mailresponder.app import App
    from mailresponder.cli.context import load_config, log_to_stderr
    from mailresponder.clock import utc_now
    from mailresponder.web.application import build
    from mailresponder.web.server import Server
    from mailresponder.web.sessions import Sessions

    config = load_config(ctx)
    log_to_stderr(verbose=ctx.obj["verbose"])
    stop = threading.Event()
    stop_on_signals(stop)
    with App.open(config, passes=False) as app:
        sessions = Sessions(app.signer.key, utc_now)
        listening = host or config.web.host
        server = Server(
            build(app, sessions),
            host=listening,
            port=config.web.port if port is None else port,
        )
        with server.serving():
            link = f"http://{listening}:{server.port}/enter?key={sessions.new_key()}"
            output.say(f"The page, for one browser: {link}")
            stop.wait()
    return ExitStatus.OK


def _require_web() -> None:
    if all(map(find_spec, _WEB)):
        return
    from mailresponder.config import how_to_install

    raise MissingExtraError(
        "the page is not installed with this mailresponder", mend=how_to_install("web")
    )
