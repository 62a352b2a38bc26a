"""What `check` has found out about one thing, and how an attempt becomes that."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mailresponder.errors import ConfigError, MailresponderError

Found = tuple[str, str]
"""The detail and the advice of something that is well."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckResult:
    """One thing that was tried."""

    name: str
    """As `database`, or `support.imap`: the mailbox and what of it."""
    ok: bool
    detail: str
    mend: str = ""
    """What to do about it; where it is well, what could be better."""

    def shown(self) -> dict[str, Any]:
        """The keys of `check --json`; null where there is nothing to mend."""
        return {
            "name": self.name,
            "ok": self.ok,
            "detail": self.detail,
            "mend": self.mend or None,
        }


def tried(name: str, attempt: Callable[[], Found]) -> CheckResult:
    """The result of an attempt that raises MailresponderError where something is wrong."""
    try:
        detail, mend = attempt()
    except ConfigError as error:
        return CheckResult(
            name=name,
            ok=False,
            detail="; ".join(f"{p.path}: {p.message}" for p in error.problems),
            mend="; ".join(p.hint for p in error.problems if p.hint),
        )
    except MailresponderError as error:
        return CheckResult(name=name, ok=False, detail=error.message, mend=error.mend)
    return CheckResult(name=name, ok=True, detail=detail, mend=mend)
