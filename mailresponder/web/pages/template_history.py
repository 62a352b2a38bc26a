"""The pages of a template's past: its versions, what changed, bringing one back, and back to the
shipped text."""

from starlette.responses import Response

from mailresponder.errors import MailresponderError
from mailresponder.jobs import editing
from mailresponder.jobs.audit import Deed
from mailresponder.jobs.editing import Conflict, Opened
from mailresponder.store.template_history import MOST, Version
from mailresponder.web import places
from mailresponder.web.asking import Asked, Role
from mailresponder.web.editor_view import EDIT, tabs
from mailresponder.web.routing import route
from mailresponder.web.site import Site, go

HISTORY = "/templates/history"
_AGAINST = ("now", "before", "shipped")
"""What a version can be compared with."""


def show(site: Site, asked: Asked) -> Response:
    """Every version, the newest first."""
    place = places.asked_place(site, asked)
    return site.show(
        asked,
        "templates.history.html.j2",
        place=place,
        places=places,
        opened=editing.opened(site.app.templates, place),
        most=MOST,
        tabs=tabs(site, place, HISTORY),
    )


def version(site: Site, asked: Asked) -> Response:
    """One version, and what it differs in."""
    return _version(site, asked, asked.query.get("number", ""))


def restore(site: Site, asked: Asked) -> Response:
    """Bring a version back."""
    place = places.asked_place(site, asked)
    number = asked.form.get("number", "")
    chosen = _chosen(asked, editing.opened(site.app.templates, place), number)
    try:
        editing.restore(
            site.app.templates,
            place,
            chosen.number,
            expected=asked.form.get("expected", ""),
            by=asked.by,
            note=asked.form.get("note", ""),
            now=asked.now,
        )
    except Conflict as conflict:
        return _version(site, asked, number, conflict)
    site.note(asked, Deed.TEMPLATE_RESTORED, str(place.relative))
    return go(EDIT, done="template_restored", **places.query(place))


def ask_revert(site: Site, asked: Asked) -> Response:
    """Ask once more, with what would go."""
    return _revert_page(site, asked)


def revert(site: Site, asked: Asked) -> Response:
    """Remove the admin's text."""
    place = places.asked_place(site, asked)
    try:
        editing.revert(
            site.app.templates,
            place,
            expected=asked.form.get("expected", ""),
            by=asked.by,
            note=asked.form.get("note", ""),
            now=asked.now,
        )
    except Conflict as conflict:
        return _revert_page(site, asked, conflict)
    site.note(asked, Deed.TEMPLATE_REVERTED, str(place.relative))
    return go(EDIT, done="template_reverted", **places.query(place))


def _version(site: Site, asked: Asked, number: str, stale: Conflict | None = None) -> Response:
    place = places.asked_place(site, asked)
    opened = editing.opened(site.app.templates, place)
    chosen = _chosen(asked, opened, number)
    below = _below(site, opened)
    text = below if chosen.text is None else chosen.text
    wanted = asked.query.get("against", "")
    against = wanted if wanted in _AGAINST else _AGAINST[0]
    before = next((one for one in opened.versions if one.number < chosen.number), None)
    other = {
        "now": opened.text,
        "before": below if before is None or before.text is None else before.text,
        "shipped": opened.shipped,
    }[against]
    return site.show(
        asked,
        "templates.version.html.j2",
        status=409 if stale else 200,
        place=place,
        places=places,
        opened=opened,
        version=chosen,
        text=text,
        against=_AGAINST,
        chosen=against,
        lines=editing.difference(other, text),
        same=text == opened.text,
        stale=stale,
    )


def _chosen(asked: Asked, opened: Opened, number: str) -> Version:
    for one in opened.versions:
        if str(one.number) == number:
            return one
    raise MailresponderError(asked.words("templates.unknown_version", number=number))


def _revert_page(site: Site, asked: Asked, stale: Conflict | None = None) -> Response:
    place = places.asked_place(site, asked)
    opened = editing.opened(site.app.templates, place)
    return site.show(
        asked,
        "templates.revert.html.j2",
        status=409 if stale else 200,
        place=place,
        places=places,
        opened=opened,
        lines=editing.difference(opened.text, _below(site, opened)),
        stale=stale,
    )


def _below(site: Site, opened: Opened) -> str:
    """What serves where the admin has no text: for a mailbox the desk's, else the shipped one."""
    if opened.place.mailbox:
        return site.app.templates.good_text(opened.place.desks)
    return opened.shipped


ROUTES = (
    route(HISTORY, show),
    route("/templates/version", version),
    route("/templates/restore", restore, role=Role.ADMIN, method="POST"),
    route("/templates/revert", ask_revert),
    route("/templates/revert", revert, role=Role.ADMIN, method="POST"),
)
