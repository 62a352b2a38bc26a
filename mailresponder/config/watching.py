"""The sections of the configuration file for whoever watches the service from outside: its log, and
what it tells a monitoring system. As `sections`."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from mailresponder.config import fields
from mailresponder.config.section import Section


def _loopback(host: str) -> str:
    if not fields.is_loopback(host):
        raise ValueError(
            "must be this machine: what is told there is asked for without a password",
            'write "127.0.0.1" or "::1", and let the monitoring system ask from here',
        )
    return host


class LogSettings(Section):
    """`[log]`"""

    format: Literal["text", "json"] = "text"


class MetricsSettings(Section):
    """`[metrics]`"""

    host: Annotated[fields.Host, AfterValidator(_loopback)] = "127.0.0.1"
    port: fields.Port | None = None
    """None: nothing listens. Needs the extra `metrics`."""
