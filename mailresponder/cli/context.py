"""What commands share: the configuration, the log, an open desk or store."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import structlog

from mailresponder import config
from mailresponder.config import Config
from mailresponder.store.database import Store


def log_to_stderr(*, verbose: bool) -> None:
    """One line an event, on standard error: ids and reasons, never what a customer wrote."""
    level = logging.INFO if verbose else logging.WARNING
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "event"], drop_missing=True
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Asked for at each line: whoever swaps standard error gets what is logged from then on.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # imapclient turns on imaplib's debug output, passwords included, at DEBUG.
    logging.getLogger("imapclient").setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # What they say of an outage is a traceback; `cluster` says it in a line.
    logging.getLogger("procrastinate").setLevel(logging.CRITICAL)
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)


def load_config(ctx: click.Context, *, quiet: bool = False) -> Config:
    """The configuration that `--config` or the environment names; its warnings are printed."""
    options: dict[str, Any] = ctx.obj
    loaded = config.load(config.find(options["config_path"], os.environ))
    if not quiet:
        for warning in loaded.warnings:
            click.echo(f"Warning: {warning}", err=True)
    return loaded


def is_configured(ctx: click.Context) -> bool:
    """Is a configuration named, or does one lie where it is looked for? It may still be wrong."""
    named = ctx.obj["config_path"] or os.environ.get(config.VARIABLE)
    return bool(named) or config.find(None, os.environ).exists()


@contextmanager
def open_store(ctx: click.Context, loaded: Config | None = None) -> Iterator[tuple[Config, Store]]:
    """The desk's store, for commands that only look at or change what is stored. `loaded`: the
    configuration, where it was loaded already."""
    loaded = loaded or load_config(ctx)
    log_to_stderr(verbose=ctx.obj["verbose"])
    store = Store.open(loaded.database_url())
    try:
        yield loaded, store
    finally:
        store.close()
