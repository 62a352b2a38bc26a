"""What a text that is being written would become: the mail, or the mistake and its line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from mailresponder.errors import MailresponderError
from mailresponder.jobs import editing, previewing
from mailresponder.jobs.acts import Impossible
from mailresponder.jobs.editing import Opened
from mailresponder.jobs.previewing import Preview
from mailresponder.policy.identifiers import full_reference
from mailresponder.policy.notices import NAMES, TemplateSource
from mailresponder.store.template_places import LAYOUT, Place
from mailresponder.templating import TemplateError
from mailresponder.web.asking import Asked
from mailresponder.web.site import Site

CHOICES = ("notice", "spoken", "desk", "case", "ticket", "unsure", "width", "scheme")
"""The fields of a form that say what the preview is of, and how it looks."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What the preview is of; chosen by the fields `CHOICES`."""

    notice: str
    """Of the layout: which mail it is put around. Else the template's own."""
    language: str
    """Of the layout: that mail's. Else the template's own."""
    mailbox: str
    """Whose names and deadlines stand in it."""
    case: str
    ticket: str
    """A real one's reference; empty: the invented one of `case`."""
    unsure: bool
    narrow: bool
    """As on a phone."""
    dark: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """Why there is no mail."""

    message: str
    line: int = 0
    """From 1; 0 where no line is at fault, as for a ticket there is none of."""
    quoted: str = ""
    """The line as it is written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """A mistake or a preview."""

    mistake: Mistake | None = None
    preview: Preview | None = None
    no_ticket: str = ""
    """Why the preview is of the example, where one of a real ticket was asked for."""


def shown(site: Site, asked: Asked, place: Place) -> Shown:
    """What the visitor has chosen; what they have not, or what is no choice, is the first one."""
    given: Mapping[str, str] = {**asked.query, **asked.form}
    notice = place.name
    language = place.language
    if place.name == LAYOUT:
        notice = _one_of(NAMES, given.get("notice"))
        language = _one_of(site.app.config.desk.languages, given.get("spoken"))
    return Shown(
        notice=notice,
        language=language,
        mailbox=place.mailbox or _one_of(tuple(site.app.mailboxes), given.get("desk")),
        case=_one_of(previewing.cases(notice), given.get("case")),
        ticket=given.get("ticket", "").strip() if notice in previewing.ABOUT_A_TICKET else "",
        unsure=bool(given.get("unsure")) and notice in previewing.ACKNOWLEDGEMENTS,
        narrow=given.get("width") == "narrow",
        dark=given.get("scheme") == "dark",
    )


def attempt(site: Site, asked: Asked, opened: Opened, text: str, how: Shown) -> Trial:
    """Try a text: whether it could be saved, and the mail it makes."""
    folder, place = site.app.templates, opened.place
    # What stands in the folder was tried when it was loaded; it may have failed on a mail since.
    known = text == opened.text
    problem = opened.problem if known else editing.problem_of(folder, place, text)
    if problem is not None:
        return _mistaken(text, problem.line, problem.message)
    try:
        source = editing.try_text(folder, place, text)
        try:
            return Trial(preview=_preview(site, asked, source, how))
        except Impossible as error:
            said = f"editor.no_ticket_{error.obstacle}"
            return Trial(
                preview=_preview(site, asked, source, replace(how, ticket="")),
                no_ticket=asked.words(said, reference=_reference(site, how)),
            )
    except TemplateError as error:
        return _mistaken(text, error.line, error.message)
    except MailresponderError as error:
        return Trial(mistake=Mistake(message=error.message))


def in_use(site: Site, asked: Asked, place: Place, how: Shown) -> Preview | None:
    """The mail as it is written at the moment; None where there is none to show."""
    try:
        return _preview(site, asked, site.app.templates.of(place.mailbox), how)
    except MailresponderError:
        return None


def _preview(site: Site, asked: Asked, source: TemplateSource, how: Shown) -> Preview:
    if not how.ticket:
        desk = site.app.config.desk_for(how.mailbox)
        return previewing.preview(
            desk, source, how.notice, how.language, case=how.case, unsure=how.unsure
        )
    with site.app.store.read() as conn:
        return previewing.preview_ticket(
            conn,
            site.app.config,
            lambda _: source,
            how.notice,
            _reference(site, how),
            now=asked.now,
            language=how.language,
        )


def _reference(site: Site, how: Shown) -> str:
    return full_reference(how.ticket, site.app.config.desk.reference_prefix)


def _mistaken(text: str, line: int, message: str) -> Trial:
    lines = text.split("\n")
    quoted = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return Trial(mistake=Mistake(message=message, line=line, quoted=quoted))


def _one_of(known: tuple[str, ...], chosen: str | None) -> str:
    return chosen if chosen in known else known[0]
