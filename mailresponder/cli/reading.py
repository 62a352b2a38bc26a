"""How a running process reads its configuration anew: as it was read when it started."""

import os
from collections.abc import Callable

from mailresponder import config
from mailresponder.config import Config
from mailresponder.config.reloading import (
    require_same_desk,
    require_same_place,
    require_same_watch,
)
from mailresponder.config.serving import require_safe_at
from mailresponder.jobs import passwords


def of_desk(*, commands: bool = True) -> Callable[[Config], Config]:
    """Reads it for a process that signs in at mailboxes: raises ConfigError for a mistake in it, a
    password that is not to be had, another database, or metrics elsewhere. With `commands` False
    none is run."""

    def read(before: Config) -> Config:
        after = config.load(before.path)
        require_same_desk(before, after)
        require_same_watch(before, after)
        passwords.require(after, environ=os.environ, commands=commands)
        return after

    return read


def of_page(host: str) -> Callable[[Config], Config]:
    """Reads it for the page, which signs in only when it is asked to. Raises ConfigError for a
    mistake in it, another database, another place to listen at, or where it leaves nobody a
    password though others reach `host`, where the page was told to listen."""

    def read(before: Config) -> Config:
        after = config.load(before.path)
        require_same_desk(before, after)
        require_same_place(before, after)
        require_safe_at(after, host)
        return after

    return read
