"""`--metrics-port` of `run` and `worker`: telling a monitoring system how the work goes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from mailresponder.cli.extras import MissingExtraError

if TYPE_CHECKING:
    from mailresponder.app import App

Command = Callable[..., int]


def metrics_port_option(command: Command) -> Command:
    """The option, as `metrics_port`."""
    return click.option(
        "--metrics-port",
        type=click.IntRange(1, 65535),
        metavar="P",
        help="Where /metrics and /healthz are; else [metrics] port. For several on one machine.",
    )(command)


@contextmanager
def watched(app: "App", port: int | None) -> Iterator[None]:
    """Answer a monitoring system while the block lasts, where that is wanted. `port`: as the
    command was told; None: as the configuration says.

    Raises MissingExtraError.
    """
    wanted = port or app.config.metrics.port
    if wanted is None:
        yield
        return
    if not find_spec("prometheus_client"):
        from mailresponder.config import how_to_install

        raise MissingExtraError(
            "telling a monitoring system is not installed with this mailresponder",
            mend=how_to_install("metrics"),
        )
    from mailresponder import monitoring

    with monitoring.serving(app, host=app.config.metrics.host, port=wanted):
        yield
