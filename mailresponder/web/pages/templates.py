"""The page `/templates`: every text of our mail, whether it is changed, and whether it is well."""

from starlette.responses import Response

from mailresponder.store.template_places import LAYOUT
from mailresponder.store.templates import State, TemplateInfo
from mailresponder.web import mistakes, places
from mailresponder.web.asking import Asked
from mailresponder.web.frames import PATH as FRAME
from mailresponder.web.frames import framed
from mailresponder.web.pages import editor, template_history
from mailresponder.web.routing import route
from mailresponder.web.site import Site

GROUPS = {
    "customer": (
        *("acknowledgement", "acknowledgement_angry", "follow_up", "closing_question", "fixed"),
        "reply_draft",
    ),
    "staff": (
        *("escalation", "escalation_list", "digest", "command_report", "not_sent"),
        *("not_sent_to_anyone", "unreachable", "answers_unseen"),
    ),
    "admin": ("admin", "test"),
    "page": (LAYOUT,),
}
"""Who reads each notice, in the order in which they are listed."""


def show(site: Site, asked: Asked) -> Response:
    """The list."""
    folder = site.app.templates
    listed: dict[str, list[TemplateInfo]] = {}
    for info in folder.listing(tuple(site.app.mailboxes)):
        listed.setdefault(info.place.name, []).append(info)
    return site.show(
        asked,
        "templates.html.j2",
        groups=GROUPS,
        listed=listed,
        problems=folder.problems(),
        folder=folder,
        places=places,
        mistakes=mistakes,
        State=State,
    )


def _frame(site: Site, asked: Asked) -> Response:
    html = site.frames.get(asked.path["key"])
    if html is None:
        gone = asked.words("editor.frame_gone")
        return framed(f"<!DOCTYPE html><p>{gone}</p>", status=404)
    return framed(html)


ROUTES = (
    route("/templates", show),
    route(f"{FRAME}/{{key}}", _frame),
    *editor.ROUTES,
    *template_history.ROUTES,
)
