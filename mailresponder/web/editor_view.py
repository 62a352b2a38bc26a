"""What the editor shows around a text: where it stands, its siblings, what can be put into it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from mailresponder.jobs import editing, manual, previewing, template_test
from mailresponder.jobs.editing import Conflict, Opened
from mailresponder.jobs.manual import Entry
from mailresponder.jobs.previewing import Preview
from mailresponder.policy.notices import NAMES
from mailresponder.store.template_files import with_plain_line_ends
from mailresponder.store.template_history import BY_HAND
from mailresponder.store.template_places import LAYOUT, Place, has_folder
from mailresponder.store.templates import State
from mailresponder.web import mistakes, places
from mailresponder.web.asking import Asked
from mailresponder.web.site import Site
from mailresponder.web.trying import Shown, attempt, in_use, shown
from mailresponder.web.words import LANGUAGES, Words

EDIT = "/templates/edit"
_LOWEST, _HIGHEST = 240, 1600
_LINE, _AROUND = 24, 80
"""Of a mail in its shipped layout, in pixels: a line, and what is around them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One of the preview's menus."""

    field: str
    options: Sequence[tuple[str, str]]
    """What the form brings, and what is shown for it."""
    chosen: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Tabs:
    """The same template in other languages, and of other mailboxes, each with the present one;
    empty where there is no other."""

    path: str
    languages: Sequence[Place]
    whose: Sequence[Place]


def page(
    site: Site, asked: Asked, place: Place, *, conflict: Conflict | None = None
) -> dict[str, Any]:
    """All that the editor's page is made of. The text is the form's where one was sent."""
    folder = site.app.templates
    opened = editing.opened(folder, place)
    text = given_text(asked) if "text" in asked.form else opened.text
    how = shown(site, asked, place)
    trial = attempt(site, asked, opened, text, how)
    preview = trial.preview or in_use(site, asked, place, how)
    expected = opened.digest if conflict is None else conflict.digest
    return {
        "place": place,
        "places": places,
        "mistakes": mistakes,
        "opened": opened,
        "standing": _standing(site, asked, opened),
        "text": text,
        "expected": asked.form.get("expected", expected) if conflict is None else expected,
        "note": asked.form.get("note", ""),
        "how": how,
        "trial": trial,
        "preview": preview,
        "frame": site.frames.hold(preview.html) if preview else "",
        "height": height(preview) if preview else _LOWEST,
        "newer": "" if conflict else newer(asked, opened),
        "conflict": conflict and _both(asked, opened, conflict, text),
        "tabs": tabs(site, place, EDIT),
        "choices": _choices(site, asked.words, place, how),
        "ticket": _example_of_ticket(site, how),
        "unsure": how.notice in previewing.ACKNOWLEDGEMENTS,
        "readers": template_test.readers(site.app.mailboxes[how.mailbox].work),
        "to": asked.form.get("to", ""),
        "palette": _palette(place, asked.words.language),
    }


def height(preview: Preview) -> int:
    """About as high as the mail's HTML is, in pixels: what is in a sandbox cannot be measured."""
    lines = preview.text.count("\n") + 1
    return min(max(_LOWEST, _AROUND + _LINE * lines), _HIGHEST)


def given_text(asked: Asked) -> str:
    """The form's text, with the line ends of a file."""
    return with_plain_line_ends(asked.form.get("text", ""))


def newer(asked: Asked, opened: Opened) -> str:
    """That somebody has saved another text since the form was opened; empty where nobody has."""
    if asked.form.get("expected", opened.digest) == opened.digest:
        return ""
    # A file that is gone, and was not taken away here, is nobody's.
    by = opened.changed_by or BY_HAND
    return asked.words("editor.newer", by=places.who(asked.words, by))


def tabs(site: Site, place: Place, path: str) -> Tabs:
    """Where else the same template is, on the page at `path`."""
    languages: tuple[str, ...] = ()
    if place.name != LAYOUT:
        known = (*site.app.config.desk.languages, *site.app.templates.languages(), place.language)
        languages = tuple(dict.fromkeys(known))
    mailboxes = [name for name in site.app.mailboxes if has_folder(name)]
    if len(site.app.mailboxes) == 1 and not place.mailbox:
        mailboxes = []
    return Tabs(
        path=path,
        languages=[_at(place, language=one) for one in languages] if len(languages) > 1 else (),
        whose=[_at(place, mailbox=one) for one in ("", *mailboxes)] if mailboxes else (),
    )


def _at(place: Place, *, language: str | None = None, mailbox: str | None = None) -> Place:
    return Place(
        name=place.name,
        language=place.language if language is None else language,
        mailbox=place.mailbox if mailbox is None else mailbox,
    )


def _standing(site: Site, asked: Asked, opened: Opened) -> str:
    """Which text this is, in a sentence."""
    words, place = asked.words, opened.place
    if opened.state is State.BROKEN:
        return words(f"editor.state_broken_{opened.in_use.value.replace(' ', '_')}")
    if not opened.digest and place.mailbox:
        return words("editor.inherits", mailbox=place.mailbox)
    if not opened.digest and not opened.shipped:
        return words("editor.no_language")
    if opened.state is State.SHIPPED:
        return words("editor.state_shipped")
    if not opened.versions:
        return words("editor.state_changed_file")
    last = opened.versions[0]
    return words("editor.state_changed", at=site.at(last.at), by=places.who(words, last.by))


def _both(asked: Asked, opened: Opened, conflict: Conflict, text: str) -> dict[str, Any]:
    """What the other has changed, and what would change if the visitor's text were saved now."""
    begun_from = asked.form.get("expected", "")
    known = [one.text for one in opened.versions if one.text is not None]
    before = next(
        (one for one in known if sha256(one.encode()).hexdigest() == begun_from), opened.shipped
    )
    return {
        "by": places.who(asked.words, conflict.by),
        "at": conflict.at,
        "theirs": editing.difference(before, conflict.theirs),
        "yours": editing.difference(conflict.theirs, text),
    }


def _choices(site: Site, words: Words, place: Place, how: Shown) -> list[Choice]:
    """The menus that leave a choice."""
    notices: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()
    if place.name == LAYOUT:
        notices, spoken = NAMES, site.app.config.desk.languages
    mailboxes = () if place.mailbox else tuple(site.app.mailboxes)
    cases = previewing.cases(how.notice)
    menus = [
        _menu("notice", notices, how.notice, lambda one: words(f"templates.name_{one}")),
        _menu("spoken", spoken, how.language, lambda one: LANGUAGES.get(one, one)),
        _menu("desk", mailboxes, how.mailbox, str),
        _menu("case", cases, how.case, lambda one: words.get(f"cases.{one}") or one),
    ]
    return [menu for menu in menus if len(menu.options) > 1]


def _menu(field: str, known: Sequence[str], chosen: str, called: Callable[[str], str]) -> Choice:
    return Choice(field=field, options=[(one, called(one)) for one in known], chosen=chosen)


def _example_of_ticket(site: Site, how: Shown) -> str:
    """What a reference looks like; empty where the notice is not about one ticket."""
    if how.notice not in previewing.ABOUT_A_TICKET:
        return ""
    return f"{site.app.config.desk.reference_prefix}-7F3K2"


def _palette(place: Place, language: str) -> dict[str, tuple[Entry, ...]]:
    """What can be put into the text, part by part; nothing into the layout."""
    if place.name == LAYOUT:
        return {}
    return {
        "values": manual.variables_of(place.name, language),
        "constructs": manual.constructs(place.name, language),
        "filters": manual.filters(language),
    }
