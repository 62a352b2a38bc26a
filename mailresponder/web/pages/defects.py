"""The pages `/defects` and `/defects/7`: faults that have a name, and the tickets that complain of
them. Telling everyone that one is mended is `pages.announcing`'s."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection
from starlette.responses import Response

from mailresponder.jobs import acts
from mailresponder.jobs import defects as deeds
from mailresponder.jobs.acts import Hand, Impossible
from mailresponder.listening.taxonomy import checked
from mailresponder.policy import defects as policy
from mailresponder.policy.defects import MAX_SENTENCE, Defect, DefectState, LinkState, Words
from mailresponder.policy.orders import MAX_NAME
from mailresponder.reports.period import midnight
from mailresponder.reports.words import Words as Spoken
from mailresponder.store import announcing
from mailresponder.store import defects as rows
from mailresponder.store.defects import Counts, Link
from mailresponder.store.schema import tickets as ticket_rows
from mailresponder.store.searching_about import About
from mailresponder.store.tickets import load
from mailresponder.web import behind, meanings, mistakes, named
from mailresponder.web.asking import Asked, Role
from mailresponder.web.routing import route
from mailresponder.web.site import Site, go

_SHOWN = 50
"""Tickets of a sort."""
_MAX_OWNER = 254


class Refused(Exception):  # noqa: N818 - the visitor may do better
    """What was asked cannot be done; its text says why, in the visitor's language."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Given:
    """A defect as a form has it."""

    name: str
    owner: str
    theme: str
    """A key; empty for none."""
    words: Words


def show(site: Site, asked: Asked) -> Response:
    """All defects."""
    return _list(site, asked)


def add(site: Site, asked: Asked) -> Response:
    """Give a defect its name."""
    try:
        with site.app.store.begin() as conn:
            given = _given(site, asked, conn, None)
            made = deeds.add(
                _hand(asked, conn),
                given.name,
                owner=given.owner,
                theme=given.theme or None,
                words=given.words,
            )
    except Refused as refused:
        return _list(site, asked, problem=str(refused), status=400)
    return go(f"/defects/{made.id}", done="defect_added")


def show_one(site: Site, asked: Asked) -> Response:
    """One defect."""
    return _page(site, asked)


def change(site: Site, asked: Asked) -> Response:
    """Do what a button of the page stands for."""
    deed = _DEEDS.get(asked.form.get("do", ""))
    if deed is None:
        return site.refuse(asked, 400, asked.words("defects.no_such_deed"))
    try:
        with site.app.store.begin() as conn:
            defect = found(conn, asked)
            if defect is None:
                return site.refuse(asked, 404, asked.words("defects.unknown"))
            path, done = deed(site, asked, _hand(asked, conn), defect)
    except Refused as refused:
        return _page(site, asked, problem=str(refused), status=400)
    return go(path or f"/defects/{defect.id}", done=done)


def found(conn: Connection, asked: Asked) -> Defect | None:
    """The defect that the path names."""
    number = asked.path["id"]
    known = number.isascii() and number.isdigit() and len(number) < 10
    return rows.by_id(conn, int(number)) if known else None


def _edit(site: Site, asked: Asked, hand: Hand, defect: Defect) -> tuple[str, str]:
    given = _given(site, asked, hand.conn, defect)
    deeds.edit(
        hand,
        defect,
        name=given.name,
        owner=given.owner,
        theme=given.theme,
        words=given.words,
    )
    return "", "defect_changed"


def _know(site: Site, asked: Asked, hand: Hand, defect: Defect) -> tuple[str, str]:
    w, languages = asked.words, site.app.config.desk.languages
    said = {code: asked.form.get(f"known_{code}", "") for code in languages}
    try:
        said = dict(policy.checked_sentences(said))
    except ValueError:
        raise Refused(w("defects.words_too_long", most=MAX_SENTENCE)) from None
    until = None
    if given := asked.form.get("until", ""):
        try:
            until = midnight(date.fromisoformat(given), site.app.config.desk.timezone)
        except (ValueError, OverflowError):
            raise Refused(w("defects.no_day")) from None
        if until <= asked.now:
            raise Refused(w("defects.no_day"))
    if said and defect.state is DefectState.FIXED:
        raise Refused(w("defects.is_fixed"))
    if said and not (defect.words or defect.theme):
        raise Refused(w("defects.nothing_listens"))
    deeds.know(hand, defect, said, until=until)
    return "", "defect_known"


def _fix(site: Site, asked: Asked, hand: Hand, defect: Defect) -> tuple[str, str]:
    deeds.fix(hand, defect)
    return "", "defect_fixed"


def _reopen(site: Site, asked: Asked, hand: Hand, defect: Defect) -> tuple[str, str]:
    deeds.reopen(hand, defect)
    return "", "defect_reopened"


def _stop(site: Site, asked: Asked, hand: Hand, defect: Defect) -> tuple[str, str]:
    deeds.stop(hand, defect)
    return "", "defect_stopped"


def _remove(site: Site, asked: Asked, hand: Hand, defect: Defect) -> tuple[str, str]:
    if rows.counts(hand.conn).get(defect.id, Counts()).linked:
        raise Refused(asked.words("defects.stays"))
    if announcing.of_defect(hand.conn, defect.id):
        raise Refused(asked.words("defects.stays"))
    deeds.remove(hand, defect)
    return "/defects", "defect_removed"


def _decide(what: Callable[..., object], done: str) -> "Deed":
    def deed(site: Site, asked: Asked, hand: Hand, defect: Defect) -> tuple[str, str]:
        references = asked.form.get("references", "").upper().split()
        if not references:
            raise Refused(asked.words("defects.nothing_chosen"))
        try:
            for reference in references[: _SHOWN * 2]:
                what(hand, defect, acts.named(hand.conn, reference))
        except Impossible:
            raise Refused(asked.words("defects.no_ticket")) from None
        return "", done

    return deed


Deed = Callable[[Site, Asked, Hand, Defect], tuple[str, str]]
"""Changes a defect; gives where to go then (empty: to its page), and the words to begin with."""

_DEEDS: Mapping[str, Deed] = {
    "edit": _edit,
    "know": _know,
    "fix": _fix,
    "reopen": _reopen,
    "stop": _stop,
    "remove": _remove,
    "link": _decide(deeds.link, "defect_linked"),
    "refuse": _decide(deeds.refuse, "defect_refused"),
    "unlink": _decide(deeds.unlink, "defect_unlinked"),
}


def _given(site: Site, asked: Asked, conn: Connection, defect: Defect | None) -> _Given:
    """Name, owner, theme and words as a form has them. Raises Refused."""
    form, w = asked.form, asked.words
    try:
        name = policy.checked_name(form.get("name", ""))
    except ValueError:
        raise Refused(w("defects.no_name", most=MAX_NAME)) from None
    key = policy.key_of(name)
    others = [one for one in rows.all_defects(conn) if defect is None or one.id != defect.id]
    if any(policy.key_of(one.name) == key for one in others):
        raise Refused(w("defects.name_taken"))
    theme = form.get("theme", "")
    known = {key for key, _ in _themes(site, asked, conn)}
    if theme not in {*known, "", defect.theme if defect else ""}:
        raise Refused(w("themes.unknown"))
    owner = " ".join(form.get("owner", "").split())[:_MAX_OWNER]
    return _Given(name=name, owner=owner, theme=theme, words=_words(site, asked))


def _words(site: Site, asked: Asked) -> Words:
    """What complaints say, a phrase a line. Raises Refused."""
    given = {
        code: tuple(filter(str.strip, asked.form.get(f"words_{code}", "").splitlines()))
        for code in site.app.config.desk.languages
    }
    try:
        for code, some in given.items():
            for one in some:
                checked(one, code)
        policy.checked_words(given)
    except ValueError as error:
        said, _ = mistakes.refused(asked.words, str(error))
        raise Refused(asked.words("defects.not_words", said=said)) from None
    return given


def _hand(asked: Asked, conn: Connection) -> Hand:
    return Hand(conn=conn, now=asked.now, by=asked.by)


def _themes(site: Site, asked: Asked, conn: Connection) -> list[tuple[str, str]]:
    return named.choices(conn, site.app.config, asked.words.language)


def _list(site: Site, asked: Asked, *, problem: str = "", status: int = 200) -> Response:
    with site.app.store.read() as conn:
        defects = rows.all_defects(conn)
        counts = rows.counts(conn)
        running = {one.defect_id for one in announcing.unfinished(conn)}
        themes = _themes(site, asked, conn)
    theme = asked.form.get("theme") or asked.query.get("theme", "")
    name = asked.form.get("name") or dict(themes).get(theme, "")
    return site.show(
        asked,
        "defects.html.j2",
        status=status,
        problem=problem,
        open=[one for one in reversed(defects) if one.state is DefectState.OPEN],
        fixed=[one for one in reversed(defects) if one.state is DefectState.FIXED],
        counts=counts,
        nothing=Counts(),
        running=running,
        choices=themes,
        theme=theme,
        name=name,
        typed=asked.form,
        speech=Spoken(asked.words.language).language_name,
        spoken=site.app.config.desk.languages,
        is_admin=asked.visitor.role >= Role.ADMIN,
        most=MAX_NAME,
        now=asked.now,
    )


def _page(site: Site, asked: Asked, *, problem: str = "", status: int = 200) -> Response:
    config, zone = site.app.config, site.app.config.desk.timezone
    with site.app.store.read() as conn:
        defect = found(conn, asked)
        if defect is None:
            return site.refuse(asked, 404, asked.words("defects.unknown"))
        counts = rows.counts(conn).get(defect.id, Counts())
        linked = rows.links(conn, defect.id, LinkState.LINKED)
        proposed = rows.links(conn, defect.id, LinkState.PROPOSED)
        shown = [*linked[:_SHOWN], *proposed[:_SHOWN]]
        ids = [link.ticket_id for link in shown]
        by_id = {one.id: one for one in load(conn, ticket_rows.c.id.in_(ids))}
        announcements = announcing.of_defect(conn, defect.id)
        themes = _themes(site, asked, conn)
        names = named.themes(conn, config, asked.words.language)

    def with_tickets(links: list[Link]) -> list[tuple[Link, object]]:
        return [(link, by_id[link.ticket_id]) for link in links[:_SHOWN] if link.ticket_id in by_id]

    return site.show(
        asked,
        "defects.one.html.j2",
        status=status,
        problem=problem,
        defect=defect,
        counts=counts,
        linked=with_tickets(linked),
        proposed=with_tickets(proposed),
        more_linked=max(0, len(linked) - _SHOWN),
        more_proposed=max(0, len(proposed) - _SHOWN),
        announcements=announcements,
        running=any(one.finished_at is None for one in announcements),
        choices=themes,
        theme_name=names.get(defect.theme, defect.theme) if defect.theme else "",
        behind=behind.tickets(zone, About(defect=defect.id)),
        speech=Spoken(asked.words.language).language_name,
        spoken=config.desk.languages,
        is_admin=asked.visitor.role >= Role.ADMIN,
        until=behind.day(defect.known_until, zone),
        most=MAX_NAME,
        most_sentence=MAX_SENTENCE,
        meanings=meanings,
        now=asked.now,
    )


ROUTES = (
    route("/defects", show),
    route("/defects", add, role=Role.ADMIN, method="POST"),
    route("/defects/{id}", show_one),
    route("/defects/{id}", change, role=Role.ADMIN, method="POST"),
)
