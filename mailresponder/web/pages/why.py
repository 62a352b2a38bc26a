"""The page `/why`: what the desk makes of a mail that somebody pastes or uploads, and why. The mail
is read and forgotten."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.responses import Response

from mailresponder.jobs.inspection import Past, Reader
from mailresponder.jobs.reasons import decisive
from mailresponder.store.tickets import Event
from mailresponder.web import meanings, telling
from mailresponder.web.asking import Asked
from mailresponder.web.routing import MEGABYTES, route
from mailresponder.web.site import Site
from mailresponder.web.telling import Told
from mailresponder.web.words import Words

_LEADING = re.compile(r"\A\s+")
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_KNOWN_BY = re.compile(rb"^(?:from|date|message-id)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
"""Control bytes that no text has; ISO-2022 texts have ESC."""


def ask(site: Site, asked: Asked) -> Response:
    """The form."""
    return _form(site, asked)


def answer(site: Site, asked: Asked) -> Response:
    """What is made of the mail that the form brings."""
    content = asked.upload
    if content is None:
        # What was copied may begin with blank lines, and would then have no header.
        content = _LEADING.sub("", asked.form.get("mail", "")).encode("utf-8", "replace")
    if not content.strip():
        return _form(site, asked, problem="why.nothing_given")
    if len(content) > MEGABYTES * 1_000_000:
        return _form(site, asked, problem="why.too_large")
    app = site.app
    past = Past.of(app.store, now=asked.now) if asked.form.get("past") else None
    to = asked.form.get("to", "")
    reader = Reader.of(app.config, app.signer, past)
    found = reader.inspect(content, to=to if to in _addresses(site) else None)
    w = asked.words
    proven = "proven" if found["from_proven"] else "not proven"
    return site.show(
        asked,
        "why.html.j2",
        found=found,
        is_no_mail=_is_no_mail(content),
        reasons=decisive(found["decision"], found["reasons"]),
        decision=_decision(w, found),
        reason=partial(meanings.reason, w),
        sender=_told(asked, "sender_judged", f"From is {proven}: {found['proof']}"),
        notes=[_told(asked, "noted", note) for note in found["notes"]],
        spoken=telling.language(w, found["language"]),
        is_customers=found["decision"] in ("open_ticket", "follow_up"),
    )


def _is_no_mail(content: bytes) -> bool:
    """Is it a program or a picture, say: no line of a mail's header, and bytes that no text has?"""
    header = _HEADER_END.split(content, maxsplit=1)[0]
    return not _KNOWN_BY.search(header) and _BINARY.search(content) is not None


def _form(site: Site, asked: Asked, *, problem: str = "") -> Response:
    return site.show(
        asked,
        "why.html.j2",
        status=400 if problem else 200,
        found=None,
        problem=problem,
        megabytes=MEGABYTES,
        addresses=_addresses(site),
        given=asked.form,
    )


def _addresses(site: Site) -> list[str]:
    """All addresses of ours, in the order of the configuration."""
    return [
        address
        for mailbox in site.app.config.mailboxes
        for address in (mailbox.address, *mailbox.aliases)
    ]


def _told(asked: Asked, what: str, why: str) -> Told:
    """What a ticket's story would say of it."""
    return telling.told(asked.words, Event(at=asked.now, what=what, why=why, by=""))


def _decision(w: Words, found: Mapping[str, Any]) -> str:
    """What becomes of the mail, in a sentence."""
    key = f"why.decision_{found['decision']}"
    ticket, customer, linked = found["ticket"], found["customer"], found["linked_to"]
    match found["decision"]:
        case "open_ticket":
            which = "_linked" if linked and customer else "_of" if customer else ""
            return w(f"{key}{which}", customer=customer, linked=linked)
        case "follow_up":
            how = w(f"reasons.found_by_{found['found_by']}")
            return w(key, ticket=ticket, how=how)
        case "staff_answer" | "relay":
            return w(key, ticket=ticket)
        case _:
            return w(key if ticket else f"{key}_any", ticket=ticket)


ROUTES = (
    route("/why", ask),
    # It changes nothing, so whoever may look may ask.
    route("/why", answer, method="POST"),
)
