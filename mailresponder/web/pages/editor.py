"""The page `/templates/edit`: one text, what it becomes while one writes, saving and trying it."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

from mailresponder.errors import MailresponderError
from mailresponder.jobs import editing, template_test
from mailresponder.jobs.audit import Deed
from mailresponder.jobs.editing import BrokenText, Conflict
from mailresponder.store.template_places import Place
from mailresponder.web import editor_view, mistakes, places
from mailresponder.web.asking import Asked, Role
from mailresponder.web.editor_view import EDIT, given_text, height, newer
from mailresponder.web.routing import route
from mailresponder.web.site import Site, go
from mailresponder.web.trying import CHOICES, attempt, shown
from mailresponder.web.words import title_in


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """Why nothing was saved or sent."""

    said: str
    """In the visitor's language."""
    why: str = ""
    """What the program or a server says of it, in English; empty where that is shown elsewhere."""


def show(site: Site, asked: Asked) -> Response:
    """The text as it stands; read-only for a viewer."""
    return _page(site, asked, places.asked_place(site, asked))


def act(site: Site, asked: Asked) -> Response:
    """Save the form's text, send a test of it, or only show what it becomes."""
    place = places.asked_place(site, asked)
    doing: dict[str, Callable[[Site, Asked, Place], Response]] = {"save": _save, "send": _send}
    return doing.get(asked.form.get("do", ""), _page)(site, asked, place)


def try_it(site: Site, asked: Asked) -> Response:
    """For the script: the mistake or the mail of the form's text, as pieces of the page."""
    place = places.asked_place(site, asked)
    opened = editing.opened(site.app.templates, place)
    trial = attempt(site, asked, opened, given_text(asked), shown(site, asked, place))
    preview = trial.preview
    return JSONResponse(
        {
            "line": trial.mistake.line if trial.mistake else 0,
            "problem": _piece(site, asked, "problem", mistake=trial.mistake),
            "mail": _piece(site, asked, "mail", preview=preview),
            "text": preview.text if preview else "",
            "frame": site.frames.hold(preview.html) if preview else "",
            "height": height(preview) if preview else 0,
            "no_ticket": _piece(site, asked, "no_ticket", trial=trial),
            "newer": newer(asked, opened),
        }
    )


def _save(site: Site, asked: Asked, place: Place) -> Response:
    text, expected = given_text(asked), asked.form.get("expected", "")
    opened = editing.opened(site.app.templates, place)
    if (text, expected, None) == (opened.text, opened.digest, opened.problem):
        # A copy of the shipped text would no longer follow it when a new version is installed.
        return _again(asked, place, done="nothing")
    try:
        editing.save(
            site.app.templates,
            place,
            text,
            expected=expected,
            by=asked.by,
            note=asked.form.get("note", ""),
            now=asked.now,
        )
    except Conflict as conflict:
        return _page(site, asked, place, status=409, conflict=conflict)
    except BrokenText:
        refused = Refused(said=asked.words("editor.cannot_save"))
        return _page(site, asked, place, status=422, unsaved=refused)
    except MailresponderError as error:
        # It is no fault of the text, which is shown again and so not lost.
        refused = Refused(said=asked.words("editor.not_saved"), why=str(error))
        return _page(site, asked, place, status=422, unsaved=refused)
    site.note(asked, Deed.TEMPLATE_SAVED, str(place.relative))
    return _again(asked, place, done="template_saved")


def _again(asked: Asked, place: Place, *, done: str) -> Response:
    """The editor with the text that is saved, and the preview that was chosen."""
    chosen = {name: asked.form[name] for name in CHOICES if asked.form.get(name)}
    return go(EDIT, done=done, **places.query(place), **chosen)


def _send(site: Site, asked: Asked, place: Place) -> Response:
    how, opened = shown(site, asked, place), editing.opened(site.app.templates, place)
    trial = attempt(site, asked, opened, given_text(asked), how)
    if trial.preview is None or trial.no_ticket:
        return _page(site, asked, place, status=422)
    runner = site.app.mailboxes[how.mailbox]
    try:
        to = template_test.send(
            runner.work,
            runner.open_sender,
            trial.preview,
            to=asked.form.get("to", ""),
            title=title_in(trial.preview.languages[0], how.notice),
        )
    except MailresponderError as error:
        refused = Refused(said=asked.words("editor.not_sent"), why=str(error))
        return _page(site, asked, place, status=422, unsent=refused)
    site.note(asked, Deed.TEST_SENT, f"{place.relative}: {to}")
    return _page(site, asked, place, sent_to=to)


def _page(
    site: Site,
    asked: Asked,
    place: Place,
    *,
    status: int = 200,
    conflict: Conflict | None = None,
    unsaved: Refused | None = None,
    unsent: Refused | None = None,
    sent_to: str = "",
) -> Response:
    given = editor_view.page(site, asked, place, conflict=conflict)
    return site.show(
        asked,
        "templates.edit.html.j2",
        status=status,
        unsaved=unsaved,
        unsent=unsent,
        sent_to=sent_to,
        **given,
    )


def _piece(site: Site, asked: Asked, name: str, **given: object) -> str:
    piece = site.environment.get_template(f"templates.{name}.html.j2")
    return piece.render(w=asked.words, mistakes=mistakes, **given).strip()


ROUTES = (
    route(EDIT, show),
    route(EDIT, act, role=Role.ADMIN, method="POST"),
    route("/templates/try", try_it, role=Role.ADMIN, method="POST"),
)
