"""`export`: what the desk holds of one person, as an archive for them: a page to read, in the
language they write, and the same as JSON.
"""

import json
import os
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

from mailresponder.config import Config
from mailresponder.errors import MailresponderError
from mailresponder.jobs import audit
from mailresponder.jobs.audit import Deed
from mailresponder.jobs.erasing import receipt
from mailresponder.jobs.exporting_words import WORDS, Words
from mailresponder.jobs.step import words_of
from mailresponder.jobs.story import FORWARDED, NOTE
from mailresponder.policy.identifiers import Signer
from mailresponder.policy.persons import Person
from mailresponder.store import exporting
from mailresponder.store.database import Store
from mailresponder.store.exporting import Held

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}"
    "h2{margin-top:2.5rem;border-top:1px solid #ccc;padding-top:1rem}"
    "pre{white-space:pre-wrap;background:#f4f4f4;padding:.75rem;font:inherit}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}dd{margin:0}"
    "dt{color:#555}"
)


def held(store: Store, person: Person) -> Held:
    """All that is held of somebody."""
    with store.read() as conn:
        return exporting.held(conn, person, notes=frozenset({NOTE, FORWARDED}))


def archive(found: Held, person: Person, config: Config, *, now: datetime) -> bytes:
    """The archive: `index.html` and `data.json`."""
    spoken = (found.language, *config.desk.languages, "en")
    language = next(one for one in spoken if one in WORDS) or "en"
    page = _page(found, person, config, WORDS[language], language, now)
    data = {
        "addresses": person.addresses,
        "desk": config.desk.name,
        "written_at": now,
        "tickets": [_plain_ticket(ticket) for ticket in found.tickets],
        "mails_of_no_ticket": found.loose,
        "mails_to_them": found.mails,
        "announced": found.announced,
        "lines_in_audit": found.audit,
    }
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as file:
        # Encoded leniently: what once was half a letter must not keep the rest from its owner.
        for name, text in (
            ("index.html", page),
            ("data.json", json.dumps(data, indent=1, default=_json, ensure_ascii=False)),
        ):
            file.writestr(name, text.encode("utf-8", errors="replace"))
    return into.getvalue()


def write(
    store: Store,
    path: Path,
    content: bytes,
    person: Person,
    signer: Signer,
    *,
    now: datetime,
    by: str,
) -> None:
    """Put the archive into a new file that only its owner may read, and note that in the audit.
    Raises MailresponderError where there is such a file already, or it cannot be written; nothing
    of it is left then."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise MailresponderError(
            f"{path} is there already", mend="name another one with --output"
        ) from None
    except OSError as error:
        raise _not_written(path, error) from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _not_written(path, error) from None
    with store.begin() as conn:
        about = receipt(person, signer)
        audit.note(conn, by=by, what=Deed.PERSON_EXPORTED, about=about, now=now)


def _not_written(path: Path, error: OSError) -> MailresponderError:
    return MailresponderError(
        f"{path.absolute()} cannot be written: {error.strerror or 'the system refused'}",
        mend="name another place with --output",
    )


def _page(
    found: Held, person: Person, config: Config, words: Words, language: str, now: datetime
) -> str:
    zone = config.desk.timezone
    parts = [
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">',
        f"<title>{escape(words['title'])}</title><style>{_STYLE}</style></head><body>",
        f"<h1>{escape(words['title'])}</h1>",
        _paragraph(
            words["intro"].format(
                desk=config.desk.name, who=", ".join(person.addresses), at=_time(now, zone)
            )
        ),
        _paragraph(words["kept"].format(**_periods(config))),
    ]
    if not (found.tickets or found.loose or found.mails):
        parts.append(_paragraph(words["nothing"]))
    for ticket in found.tickets:
        parts += _ticket(_plain_ticket(ticket), words, zone)
    if found.loose:
        parts.append(f"<h2>{escape(words['loose'])}</h2><ul>")
        parts += [
            _item(_time(one["at"], zone), _head(one, words), one["kind"]) for one in found.loose
        ]
        parts.append("</ul>")
    if found.mails:
        parts.append(f"<h2>{escape(words['mails'])}</h2><ul>")
        parts += [
            _item(_time(one["written_at"], zone), one["kind"], one["state"]) for one in found.mails
        ]
        parts.append("</ul>")
    if found.announced:
        parts.append(f"<h2>{escape(words['announced'])}</h2><ul>")
        parts += [_item(_time(one["at"], zone), one["defect"]) for one in found.announced]
        parts.append("</ul>")
    if found.audit:
        parts.append(_paragraph(words["audit"].format(lines=found.audit)))
    return "\n".join([*parts, "</body></html>\n"])


def _ticket(ticket: Mapping[str, Any], words: Words, zone: tzinfo) -> list[str]:
    if not ticket["is_customer"]:
        parts = [f"<h2>{escape(words['others'])}</h2>"]
    else:
        parts = [f"<h2>{escape(ticket['reference'])} {escape(ticket['subject'])}</h2><dl>"]
        for name in ("opened_at", "acknowledged_at", "answered_at", "due_at"):
            if ticket[name] is not None:
                parts.append(_pair(words[name], _time(ticket[name], zone)))
        parts.append(_pair(words["state"], words[f"state_{ticket['state']}"]))
        parts.append(_pair(words["anger"], f"{ticket['anger']:.2f}"))
        if ticket["because"]:
            parts.append(_pair(words["because"], ", ".join(one[0] for one in ticket["because"])))
        if ticket["defects"]:
            parts.append(_pair(words["defects"], ", ".join(ticket["defects"])))
        parts.append("</dl>")
    for message in ticket["messages"]:
        head = _head(message, words)
        parts.append(f"<h3>{escape(head)}, {escape(_time(message['at'], zone))}</h3>")
        parts.append(_paragraph(message["subject"]))
        parts.append(f"<pre>{escape(message['new_text'] or words['no_text'])}</pre>")
    notes = sum(one["note"] for one in ticket["events"])
    if ticket["events"]:
        parts.append(_paragraph(words["events"].format(number=len(ticket["events"]), notes=notes)))
    return parts


def _head(message: Mapping[str, Any], words: Words) -> str:
    return words["from_them" if message["from_them"] else "to_them"]


def _plain_ticket(ticket: Mapping[str, Any]) -> dict[str, Any]:
    """Without what a colleague had to say who passed a mail on."""
    messages = [
        {**one, "new_text": words_of(one["new_text"])} if one["direction"] == "in" else one
        for one in ticket["messages"]
    ]
    return {**ticket, "messages": messages}


def _periods(config: Config) -> dict[str, str]:
    kept = config.retention.in_order()
    return {"text": _days(kept.text), "tickets": _days(kept.tickets)}


def _days(period: timedelta) -> str:
    return str(period.days)


def _item(*texts: str) -> str:
    return f"<li>{escape(', '.join(texts))}</li>"


def _pair(name: str, value: str) -> str:
    return f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _time(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _json(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
