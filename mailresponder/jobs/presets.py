"""What is known of mail providers: their hosts, ports and habits, from `providers.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

GENERIC = "generic"
"""The name of the preset for everybody else."""

_LOOK_IT_UP = "see Authentication-Results in a received mail; empty: only Sent proves staff"


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """Where one of a provider's servers is."""

    host: str
    port: int
    security: str
    """`tls`, `starttls` or `none`."""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset:
    """One provider. What its lists say is for people: whole sentences."""

    name: str
    """As `--provider` names it."""
    title: str
    sign_in: tuple[str, ...]
    """The ways to sign in, the usual one first: `password`, or whose OAuth 2.0 token it is
    (`google`, `microsoft`)."""
    domains: tuple[str, ...]
    """Addresses in these are the provider's."""
    mx: tuple[str, ...]
    """So are those in a domain whose mail is received by a host below one of these."""
    imap: Server
    smtp: Server
    connections: int = 4
    save_copy: bool
    save_copy_why: str
    authserv_id: str = ""
    authserv_id_why: str = _LOOK_IT_UP
    subaddress: str = ""
    """What parts a detail from the local part, where mail to such addresses surely arrives."""
    first: tuple[str, ...]
    """What to do there before anything works."""
    refused: str
    """What to look at when the sign-in is refused."""
    quirks: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    sources: tuple[str, ...]
    """Addresses of the pages that say so."""


@cache
def presets() -> Mapping[str, Preset]:
    """Every provider by its name, the best known first."""
    file = resources.files("mailresponder") / "jobs" / "providers.toml"
    tables = tomllib.loads(file.read_text("utf-8"))
    return MappingProxyType({name: _preset(name, table) for name, table in tables.items()})


def _preset(name: str, table: Mapping[str, Any]) -> Preset:
    told: dict[str, Any] = {"name": name}
    for key, value in table.items():
        if isinstance(value, dict):
            told[key] = Server(**value)
        else:
            told[key] = tuple(value) if isinstance(value, list) else value
    return Preset(**told)
