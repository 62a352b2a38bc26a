"""What commands share: the configuration, the log, an open desk or store."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from mailresponder import config
from mailresponder.cli import warn
from mailresponder.config import Config
from mailresponder.logs import log_to_stderr, use_format
from mailresponder.store.database import Store


def load_config(ctx: click.Context, *, quiet: bool = False) -> Config:
    """The configuration that `--config` or the environment names; its warnings are printed."""
    options: dict[str, Any] = ctx.obj
    loaded = config.load(config.find(options["config_path"], os.environ))
    if options["log_format"] is None and loaded.log.format == "json":
        use_format(loaded.log.format)
        log_to_stderr(verbose=options["verbose"])
    if not quiet:
        for warning in loaded.warnings:
            warn(warning)
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
