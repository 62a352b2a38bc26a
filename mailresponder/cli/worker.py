"""`worker`: one of many that share the mailboxes of a desk."""

import os
from importlib.util import find_spec

import click

from mailresponder.cli.extras import MissingExtraError
from mailresponder.cli.service import warn_of_templates
from mailresponder.cli.signals import stop_on_signals
from mailresponder.cli.watching import metrics_port_option, watched
from mailresponder.config import Config, how_to_install
from mailresponder.errors import ConfigError, ConfigProblem, ExitStatus
from mailresponder.imports import uncollected


@click.command("worker")
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    metavar="N",
    help="How many mailboxes to work on at a time.",
)
@metrics_port_option
@click.pass_context
def worker_command(ctx: click.Context, concurrency: int, metrics_port: int | None) -> int:
    """Share the work of `run` with other workers on the same PostgreSQL, until SIGTERM.

    For thousands of mailboxes: start as many workers, on as many machines, as
    are needed. Each takes one mailbox after the other, as its turn comes by
    poll_every; none waits in IDLE. The extra `cluster` is needed, the clocks of
    the machines must agree, and all need the same configuration and secret.
    SIGHUP has one read its configuration anew, as for `run`.

    \b
    Exit status: 0 stopped, 75 the database cannot be used, 78 configuration.
    """
    _require_cluster()
    with uncollected():
        from mailresponder import cluster
        from mailresponder.app import App
        from mailresponder.app.reloading import Reloads
        from mailresponder.app.supervisor import Supervisor
        from mailresponder.cli import reading
        from mailresponder.cli.context import load_config
        from mailresponder.jobs import passwords
        from mailresponder.logs import log_to_stderr

    config = load_config(ctx)
    _require_server(config)
    # Not what commands give: a worker would run thousands before it begins.
    passwords.require(config, environ=os.environ, commands=False)
    log_to_stderr(verbose=True)
    supervisor = Supervisor.of(os.environ, pid=os.getpid())
    with (
        App.open(config) as app,
        Reloads(
            app,
            reading.of_desk(commands=False),
            command="worker",
            supervisor=supervisor,
            status=lambda: cluster.in_words(app),
        ) as reloads,
    ):
        stop_on_signals(app.stopping, reloads.ask)
        warn_of_templates(app)
        with watched(app, metrics_port):
            cluster.run(app, concurrency=concurrency, supervisor=supervisor)
    return ExitStatus.OK


def _require_cluster() -> None:
    if find_spec("procrastinate") is None:
        raise MissingExtraError(
            "the queue that workers share is not installed with this mailresponder",
            mend=how_to_install("cluster"),
        )


def _require_server(config: Config) -> None:
    if config.database_path() is not None:
        problem = ConfigProblem(
            path="desk.database",
            message="workers share a PostgreSQL database",
            hint="as postgresql://user@host/database; for one process, mailresponder run",
        )
        raise ConfigError([problem], source=str(config.path))
