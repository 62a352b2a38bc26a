"""What `check` has found out about one thing, and how an attempt becomes that."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from mailresponder.errors import ConfigError, ExitStatus, MailresponderError

Found = tuple[str, str]
"""The detail and the advice of something that is well."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Concern:
    """Something that works today, and that somebody should see to."""

    detail: str
    mend: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckResult:
    """One thing that was tried."""

    name: str
    """As `database`, or `support.imap`: the mailbox and what of it."""
    ok: bool
    detail: str
    mend: str = ""
    """What to do about it; where it is well, what could be better."""
    warning: bool = False
    """It works, and somebody should see to it: no check fails by that."""
    status: ExitStatus = ExitStatus.NOT_WELL
    """Where it is not well, of which kind that is."""

    def shown(self) -> dict[str, Any]:
        """The keys of `check --json`; null where there is nothing to mend."""
        return {
            "name": self.name,
            "ok": self.ok,
            "detail": self.detail,
            "mend": self.mend or None,
            "warning": self.warning,
        }


def status_by_cause(results: Iterable[CheckResult]) -> ExitStatus:
    """What all of it amounts to, for whoever must know what to do about it: a failing check that
    passes by itself (75) counts less than a refused sign-in (77), that less than anything else (1),
    and a mistake in the configuration (78) before all."""
    failing = {result.status for result in results if not result.ok}
    gravest = (
        *(ExitStatus.CONFIGURATION, ExitStatus.NOT_WELL),
        *(ExitStatus.SIGN_IN_REFUSED, ExitStatus.TEMPORARY),
    )
    return next((status for status in gravest if status in failing), ExitStatus.OK)


def tried(name: str, attempt: Callable[[], Found | Concern]) -> CheckResult:
    """The result of an attempt that raises MailresponderError where something is wrong."""
    try:
        found = attempt()
    except ConfigError as error:
        return CheckResult(
            name=name,
            ok=False,
            detail="; ".join(f"{p.path}: {p.message}" for p in error.problems),
            mend="; ".join(p.hint for p in error.problems if p.hint),
            status=error.exit_status,
        )
    except MailresponderError as error:
        return CheckResult(
            name=name, ok=False, detail=error.message, mend=error.mend, status=error.exit_status
        )
    if isinstance(found, Concern):
        return CheckResult(name=name, ok=True, detail=found.detail, mend=found.mend, warning=True)
    detail, mend = found
    return CheckResult(name=name, ok=True, detail=detail, mend=mend)
