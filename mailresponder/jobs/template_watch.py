"""Looks after the admin's templates once a pass: keeps what was changed by hand, and says when one
cannot be used and when all can be again.

Unless a file changed, nothing is read but stamps and one row.
"""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from sqlalchemy import Connection

from mailresponder.jobs.alerts import tell_admins
from mailresponder.jobs.work import Work, log
from mailresponder.store.database import desk_value, set_desk_value, take_turns
from mailresponder.store.template_keeping import SAVING, keep_changes
from mailresponder.store.templates import TemplateFolder, TemplateProblem

MAILS_A_DAY = 3
_A_DAY = timedelta(days=1)
_KEY = "templates_broken"
_NAMED = 5
"""Files named in one mail."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What the desk has said of broken templates."""

    seen: tuple[tuple[str, str], ...] = ()
    """Path in the templates folder and digest of each that is broken."""
    told: tuple[tuple[str, str], ...] = ()
    """Those of them that a mail named."""
    mails: tuple[datetime, ...] = ()
    """When such mails were written, within a day."""
    owing: bool = False
    """Admins wait to hear that all is well again."""

    @classmethod
    def from_json(cls, content: str | None) -> Self:
        """As `to_json` wrote it; nothing was said where that is None."""
        held = json.loads(content) if content else {}
        return cls(
            seen=tuple((path, digest) for path, digest in held.get("seen", ())),
            told=tuple((path, digest) for path, digest in held.get("told", ())),
            mails=tuple(datetime.fromisoformat(at) for at in held.get("mails", ())),
            owing=bool(held.get("owing")),
        )

    def to_json(self) -> str:
        """For the store."""
        return json.dumps(
            {
                "seen": self.seen,
                "told": self.told,
                "mails": [at.isoformat() for at in self.mails],
                "owing": self.owing,
            }
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What is to be said now."""

    after: Told
    new: tuple[TemplateProblem, ...] = ()
    """To be logged."""
    mail: tuple[TemplateProblem, ...] = ()
    """To be named in one mail; empty: none is due."""
    last: bool = False
    """It is the day's last such mail."""
    well: bool = False
    """To be said by mail: all can be used again."""


def decide(
    before: Told, problems: Sequence[TemplateProblem], now: datetime, *, folder: Path
) -> Step:
    """What to say of the templates that are broken now: each content once, all that is new in one
    mail, at most three mails a day, and once that all is well again."""
    # Where the folder lies is each machine's own matter.
    keyed = {
        (str(problem.path.relative_to(folder)), problem.digest): problem for problem in problems
    }
    # A mail that a wrong clock put far ahead counts no more than one of long ago.
    mails = tuple(at for at in before.mails if abs(now - at) < _A_DAY)
    new = tuple(problem for key, problem in keyed.items() if key not in before.seen)
    told = tuple(key for key in before.told if key in keyed)
    untold = tuple(problem for key, problem in keyed.items() if key not in told)
    mail = untold if len(mails) < MAILS_A_DAY else ()
    if mail:
        told, mails = tuple(keyed), (*mails, now)
    well = before.owing and not keyed
    return Step(
        after=Told(
            seen=tuple(keyed),
            told=told,
            mails=mails,
            owing=bool(mail) or (before.owing and not well),
        ),
        new=new,
        mail=mail,
        last=bool(mail) and len(mails) == MAILS_A_DAY,
        well=well,
    )


def run(work: Work, *, pause: Callable[[float], None] = time.sleep) -> None:
    """Look at the desk's templates, whichever mailbox's pass it is. `pause` waits so many seconds,
    before anything is said or kept of a file that may be in the middle of being saved."""
    folder = work.templates
    keep_changes(folder, work.clock(), pause=pause)
    problems = folder.problems()
    with work.store.read() as conn:
        before = Told.from_json(desk_value(conn, _KEY))
    step = decide(before, problems, work.clock(), folder=folder.admin)
    if step.new:
        pause(SAVING)
        problems = folder.problems()
        step = decide(before, problems, work.clock(), folder=folder.admin)
    # Mails that were written a day ago may be forgotten at the next occasion.
    if (step.after.seen, step.after.told, step.after.owing) != (
        before.seen,
        before.told,
        before.owing,
    ):
        with work.store.begin() as conn:
            _say(conn, work, folder, problems)


def _say(
    conn: Connection, work: Work, folder: TemplateFolder, problems: Sequence[TemplateProblem]
) -> None:
    # The passes of other mailboxes see the same files.
    take_turns(conn, _KEY)
    now = work.clock()
    before = Told.from_json(desk_value(conn, _KEY))
    step = decide(before, problems, now, folder=folder.admin)
    content = step.after.to_json()
    set_desk_value(conn, _KEY, content)
    # With the times of the mails before it: no two occasions are the same.
    said = hashlib.sha256(f"{now.isoformat()} {content}".encode()).hexdigest()
    for problem in step.new:
        log.error(
            "template_broken",
            path=folder.where(problem),
            line=problem.line,
            reason=problem.message,
            using=problem.using and problem.using.value,
        )
    if step.mail:
        tell_admins(
            conn,
            work,
            "template_broken",
            key=f"template_broken:{said}",
            detail=_detail(folder, step),
        )
    if step.well:
        log.info("templates_well")
        tell_admins(conn, work, "templates_well", key=f"templates_well:{said}", detail="")


def _detail(folder: TemplateFolder, step: Step) -> str:
    said = [
        f"{folder.where(problem)}, line {problem.line}: {problem.message}"
        for problem in step.mail[:_NAMED]
    ]
    if len(step.mail) > _NAMED:
        said.append(f"and {len(step.mail) - _NAMED} more")
    if step.last:
        said.append("more may follow that no mail tells of today")
    return "; ".join(said)
