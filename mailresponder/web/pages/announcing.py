"""The page `/defects/7/announce`: telling everyone who complained that a defect is mended.

Whom, and what they would read, is shown first; sending is a second step, and only of what was
shown."""

from collections import Counter
from collections.abc import Mapping
from hashlib import sha256

from sqlalchemy import Connection
from starlette.responses import Response

from mailresponder.jobs import announcing as job
from mailresponder.jobs.acts import Hand
from mailresponder.jobs.announcing import Plan
from mailresponder.policy.announcing import MAX_TEXT, Said, checked
from mailresponder.policy.defects import Defect, DefectState
from mailresponder.reports.words import Words
from mailresponder.store import announcing as rows
from mailresponder.web.asking import Asked, Role
from mailresponder.web.pages.defects import found
from mailresponder.web.routing import route
from mailresponder.web.site import Site, go
from mailresponder.web.telling import capital

_SHOWN = 100
"""Who is left out, so many of them by name of their ticket."""
_MOST_DIGITS = 6


class _Refused(Exception):  # noqa: N818 - the visitor may do better
    """It cannot be done; its text says why."""


def show(site: Site, asked: Asked) -> Response:
    """The form."""
    with site.app.store.read() as conn:
        defect = found(conn, asked)
    if defect is None:
        return site.refuse(asked, 404, asked.words("defects.unknown"))
    return _page(site, asked, defect)


def send(site: Site, asked: Asked) -> Response:
    """Show whom and what; or, of what was shown, have it sent."""
    w = asked.words
    with site.app.store.read() as conn:
        defect = found(conn, asked)
    if defect is None:
        return site.refuse(asked, 404, w("defects.unknown"))
    if defect.state is not DefectState.FIXED:
        return _page(site, asked, defect, status=409)
    try:
        said, most = _said(site, asked), _most(asked)
    except _Refused as refused:
        return _page(site, asked, defect, problem=str(refused), status=400)
    if asked.form.get("do") != "send":
        with site.app.store.read() as conn:
            plan = _plan(site, conn, defect, said, most)
        return _page(site, asked, defect, plan=plan)
    with site.app.store.begin() as conn:
        plan = _plan(site, conn, defect, said, most)
        if rows.unfinished(conn, defect.id):
            problem = w("defects.is_announced")
        elif _seen(plan) != asked.form.get("seen"):
            problem = w("defects.changed_since")
        else:
            problem = ""
            hand = Hand(conn=conn, now=asked.now, by=asked.by)
            job.order(hand, defect, said, most=most)
    if problem:
        return _page(site, asked, defect, plan=plan, problem=problem, status=409)
    return go(f"/defects/{defect.id}", done="defect_announced")


def _plan(site: Site, conn: Connection, defect: Defect, said: Said, most: int | None) -> Plan:
    mailboxes = site.app.mailboxes
    return job.plan(
        conn,
        defect,
        said,
        config=site.app.config,
        work_of=lambda name: mailboxes[name].work,
        most=most,
    )


def _seen(plan: Plan) -> str:
    """Tells what was shown from anything else."""
    told = [ticket.reference for ticket in plan.audience.to_tell]
    texts = [f"{mail.subject}\n{mail.text}" for mail in plan.samples]
    return sha256("\0".join([*told, *texts]).encode(errors="replace")).hexdigest()


def _said(site: Site, asked: Asked) -> Said:
    def of(field: str) -> Mapping[str, str]:
        return {
            code: asked.form.get(f"{field}_{code}", "").replace("\r\n", "\n")
            for code in site.app.config.desk.languages
        }

    try:
        return checked(Said(words=of("words"), names=of("names")))
    except ValueError:
        raise _Refused(asked.words("defects.words_too_long", most=MAX_TEXT)) from None


def _most(asked: Asked) -> int | None:
    given = asked.form.get("most", "").strip()
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= _MOST_DIGITS and int(given)):
        raise _Refused(asked.words("defects.no_number"))
    return int(given)


def _page(
    site: Site,
    asked: Asked,
    defect: Defect,
    *,
    plan: Plan | None = None,
    problem: str = "",
    status: int = 200,
) -> Response:
    speech = Words(asked.words.language).language_name
    told = plan.audience.to_tell if plan is not None else ()
    left_out = plan.audience.left_out if plan is not None else ()
    languages = Counter(ticket.language for ticket in told)
    first = {ticket.language: ticket for ticket in reversed(told)}
    return site.show(
        asked,
        "defects.announce.html.j2",
        status=status,
        problem=problem,
        defect=defect,
        is_fixed=defect.state is DefectState.FIXED,
        plan=plan,
        number=len(told),
        languages_told=[
            (capital(speech(code)), number) for code, number in languages.most_common()
        ],
        samples=[
            (speech(code), code, ticket.reference, mail)
            for (code, ticket), mail in zip(
                sorted(first.items(), key=lambda one: told.index(one[1])),
                plan.samples if plan is not None else (),
                strict=False,
            )
        ],
        silent=[speech(code) for code in plan.silent] if plan is not None else [],
        left_out=left_out[:_SHOWN],
        number_left_out=len(left_out),
        more_left_out=max(0, len(left_out) - _SHOWN),
        seen=_seen(plan) if plan is not None else "",
        typed=asked.form,
        speech=speech,
        spoken=site.app.config.desk.languages,
        most_text=MAX_TEXT,
    )


ROUTES = (
    route("/defects/{id}/announce", show, role=Role.ADMIN),
    route("/defects/{id}/announce", send, role=Role.ADMIN, method="POST"),
)
