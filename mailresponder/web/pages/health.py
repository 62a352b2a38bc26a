"""The page `/health`: is the desk well, and what is to be done if not."""

from datetime import datetime
from functools import partial
from pathlib import Path

from starlette.responses import Response

from mailresponder import __version__
from mailresponder.jobs import audit, health
from mailresponder.jobs.audit import Deed
from mailresponder.jobs.health import Trouble
from mailresponder.jobs.retrying import Retried, retry
from mailresponder.store.template_places import Place, place_of
from mailresponder.templating.filters import Locale, duration_in
from mailresponder.web import mistakes
from mailresponder.web.asking import Asked, Role
from mailresponder.web.meanings import mail_kind
from mailresponder.web.routing import route
from mailresponder.web.site import Site, go

_LONGEST = 18
"""Digits of a number that a database counts to."""


def show(site: Site, asked: Asked) -> Response:
    """The page."""
    app = site.app
    changed = app.config.has_changed()
    broken = [
        problem
        for problem in app.templates.problems()
        # The mailbox may be one that was added since: a page started anew knows.
        if not (changed and _is_for_unknown_mailbox(site, problem.path))
    ]
    with app.store.read() as conn:
        found = health.look(conn, app.config, broken=len(broken), changed=changed, now=asked.now)
    return site.show(
        asked,
        "health.html.j2",
        found=found,
        broken=[
            (
                app.templates.where(problem),
                problem.line,
                mistakes.told(asked.words, problem.message),
            )
            for problem in broken
        ],
        now=asked.now,
        ago=partial(_ago, site, asked),
        kind=partial(mail_kind, asked.words),
        limits={one.name: one.limit for one in found.mailboxes},
        rests={
            one.mailbox: one.again for one in found.findings if one.trouble is Trouble.NOT_SENDING
        },
        version=__version__,
        database={"sqlite": "SQLite", "postgresql": "PostgreSQL"}[app.store.dialect],
        zone=app.config.desk.timezone.key,
    )


def again(site: Site, asked: Asked) -> Response:
    """Try one mail again."""
    written = asked.form.get("id", "")
    number = _number(written)
    came = Retried.UNKNOWN
    if number is not None:
        with site.app.store.begin() as conn:
            came = retry(conn, number, now=asked.now)
            if came is Retried.DUE:
                audit.note(
                    conn, by=asked.by, what=Deed.MAIL_RETRIED, about=str(number), now=asked.now
                )
    return go("/health", done=f"retry_{came}")


def all_again(site: Site, asked: Asked) -> Response:
    """Try the mails again that the visitor has seen in the list, and no others."""
    numbers = [_number(written) for written in asked.form.get("ids", "").split(",")]
    known = [number for number in numbers if number is not None][: health.MOST]
    with site.app.store.begin() as conn:
        due = [one for one in known if retry(conn, one, now=asked.now) is Retried.DUE]
        if due:
            about = ", ".join(str(one) for one in due)
            audit.note(conn, by=asked.by, what=Deed.MAILS_RETRIED, about=about, now=asked.now)
    return go("/health", done="retry_all" if due else "nothing")


def _is_for_unknown_mailbox(site: Site, path: Path) -> bool:
    """Is this the file of a template, for a mailbox that the page does not know?"""
    place = place_of(path.relative_to(site.app.templates.admin))
    if not isinstance(place, Place) or not place.mailbox:
        return False
    return place.mailbox not in site.app.mailboxes


def _number(written: str) -> int | None:
    """The id of a mail; None for what cannot be one."""
    is_one = written.isascii() and written.isdigit() and len(written) <= _LONGEST
    return int(written) if is_one else None


def _ago(site: Site, asked: Asked, moment: datetime | None) -> str:
    """How far a moment is from now, in words."""
    if moment is None:
        return asked.words("health.never")
    locale = Locale(
        language=asked.words.language, timezone=site.app.config.desk.timezone, now=asked.now
    )
    key = "health.ago" if moment <= asked.now else "health.ahead"
    return asked.words(key, span=duration_in(locale, abs(asked.now - moment)))


ROUTES = (
    route("/health", show),
    route("/health/again", again, role=Role.ADMIN, method="POST"),
    route("/health/all-again", all_again, role=Role.ADMIN, method="POST"),
)
