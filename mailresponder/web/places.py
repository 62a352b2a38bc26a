"""Which template a request is about, and how a page names one."""

from mailresponder.errors import MailresponderError
from mailresponder.jobs import editing, manual
from mailresponder.store.template_history import BY_HAND, Version
from mailresponder.store.template_places import LAYOUT, Place
from mailresponder.web import meanings
from mailresponder.web.asking import Asked
from mailresponder.web.site import Site
from mailresponder.web.words import LANGUAGES, Words

_LANGUAGE = "in"
"""The query's key; `language` is that of the page."""


def asked_place(site: Site, asked: Asked) -> Place:
    """The template that the query names. Raises MailresponderError where there can be none."""
    mailbox = asked.query.get("mailbox", "")
    if mailbox and mailbox not in site.app.mailboxes:
        raise MailresponderError(asked.words("templates.unknown_mailbox", mailbox=mailbox))
    name, language = asked.query.get("name", ""), asked.query.get(_LANGUAGE, "")
    return Place(name=name, language=language, mailbox=mailbox)


def query(place: Place) -> dict[str, str]:
    """What names the template in a page's address."""
    return {"name": place.name, _LANGUAGE: place.language, "mailbox": place.mailbox}


def title(words: Words, place: Place) -> str:
    """What the notice is called."""
    return words(f"templates.name_{place.name}")


def purpose(words: Words, name: str) -> str:
    """What the notice is for; `…` in it is code."""
    if name == LAYOUT:
        return words("templates.about_layout")
    return manual.purpose(name, words.language)


def language(words: Words, place: Place) -> str:
    """The template's language, by its own name."""
    if place.name == LAYOUT:
        return words("templates.all_languages")
    return LANGUAGES.get(place.language, place.language)


def full_title(words: Words, place: Place) -> str:
    """The notice, the language, and the mailbox where it is only one's."""
    spoken = language(words, place)
    if place.mailbox:
        spoken = words("templates.for_mailbox", language=spoken, mailbox=place.mailbox)
    return f"{title(words, place)} · {spoken}"


def who(words: Words, by: str) -> str:
    """Who made a version, as `Version.by` names them."""
    return words("templates.by_file") if by == BY_HAND else meanings.who(words, by)


def note(words: Words, version: Version) -> str:
    """Why a version was made; empty where nobody said."""
    number = editing.restored(version.note)
    return version.note if number is None else words("templates.again", number=number)
