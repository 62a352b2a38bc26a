"""A ticket's events in the page's language: what was done, and why.

The jobs write down why in English, for the log-like story of the command line. Here each of those
sentences is known by its shape and said again in the words of `words/*/events.toml`; one that is
not, of a later version say, is shown as it was written.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from mailresponder.mail import body, text_part
from mailresponder.policy import forwards, languages
from mailresponder.store.tickets import Event
from mailresponder.web import meanings
from mailresponder.web.words import Words

Shapes = tuple[tuple[str, str], ...]
"""Keys of words, each with the shape of the sentence it stands for."""

_FOUND = r"found by (?P<found_by>\w+)(?:; (?P<reasons>.+): no clock starts)?"
_REMARK = r"(?:; the remark: (?P<remark>.*))?"
_TOLD: Shapes = (
    ("told_admins", "told the admins"),
    ("told_nobody", "told nobody yet"),
    ("told_later", "told (?P<people>.+); when they may get more mail: (?P<later>.+)"),
    ("told", "told (?P<people>.+)"),
)
_REFERENCE = r"(?P<reference>\S+)"
_STATUS = r"\((?P<status>.+)\)"
_JUDGED: Shapes = (
    ("heard_angry", r"heard (?P<score>[\d.]+), angry"),
    ("heard_calm", r"heard (?P<score>[\d.]+), not angry"),
)
_OVER_CAP: Shapes = (("over_cap", r"(?P<address>\S+) has had too many notices lately"),)
_REASONS: Shapes = (("", r"(?P<reasons>\w+(?:, \w+)*)"),)
_RECORDED: Shapes = (("recorded", r"(?P<kind>\w+): (?P<reasons>[\w, ]*)"),)
_CAME_BACK: Shapes = (
    ("came_back", f"mail came back {_STATUS}"),
    ("was_refused", "mail was refused"),
)

_SHAPES: Mapping[str, Shapes] = {
    "opened": (
        ("new", r"(?P<kind>\w+) mail; it belongs to no earlier ticket"),
        ("grown", rf"(?P<kind>\w+) mail; a new matter in the thread of {_REFERENCE}"),
    ),
    "language": (
        ("wrote_in_it", r"(?P<code>[\w-]+): the customer now wrote in it"),
        ("spoken", r"(?P<code>[\w-]+): (?P<source>.+)"),
    ),
    "noted": (
        ("note_too_long", re.escape(text_part.TOO_LONG)),
        ("note_charset", re.escape(text_part.UNKNOWN_CHARSET)),
        ("note_partly_encrypted", re.escape(text_part.ENCRYPTED)),
        ("note_borrowed", re.escape(body.BORROWED)),
        ("note_no_text", re.escape(body.NO_TEXT)),
        ("note_unmarked", re.escape(forwards.UNMARKED)),
        ("note_unproven", re.escape(forwards.UNPROVEN)),
        ("note_unclear_whose", re.escape(forwards.UNCLEAR_WHOSE)),
        ("note_unclear", re.escape(forwards.UNCLEAR)),
        ("note_large", "The mail is very large: .+"),
        ("note_no_sender", r"It has no usable sender address\."),
        ("note_unread", r"Some characters of the text could not be read\."),
        ("note_parts", "It has too many parts or levels: .+"),
        ("note_encrypted", r"It is encrypted \(PGP\): .+"),
        ("note_sealed", "It is encrypted or signed with S/MIME: .+"),
        ("note_signed", "It is signed with S/MIME; .+"),
        ("note_tnef", r"Its text is packed in a winmail\.dat file .+"),
        ("note_invitation", r"It has no text, only a calendar invitation\."),
        ("note_attachments", r"It has no text, only (?P<count>\d+) attachments?: .+"),
    ),
    "not_acknowledged": _REASONS,
    "followed_up": (
        ("wrote_again", f"the customer wrote again; {_FOUND}"),
        ("other_wrote", f"somebody else wrote in the thread; {_FOUND}"),
    ),
    "solved": (("", "the customer says so"),),
    "not_solved": (("", "the customer says so"),),
    "closed": (
        ("says_solved", "the customer says that it is solved"),
        ("quiet_days", r"quiet for (?P<count>\d+) days?"),
        ("quiet", "quiet for less than a day"),
    ),
    "reopened": (
        ("customer_wrote", "the customer wrote"),
        ("somebody_wrote", "somebody wrote"),
    ),
    "anger_rising": (
        ("highest", r"heard (?P<score>[\d.]+), the highest so far"),
        ("angriest", "the newest of what is still unanswered is the angriest"),
    ),
    "reachable": (("customer_wrote", "the customer wrote again"),),
    "unreachable": _CAME_BACK,
    "relay_failed": _CAME_BACK,
    "unreachable_told": _TOLD,
    "linked": (("linked", rf"{_REFERENCE}: a new matter in this thread"),),
    "forwarded": (
        ("read_as_theirs", f"read as the mail of whoever wrote it{_REMARK}"),
        ("whose_is_unclear", f"whose mail it was is not clear{_REMARK}"),
    ),
    "sender_judged": (
        ("proven", r"From is proven: (?P<proof>\w+=pass)(?:, aligned with From)?"),
        ("no_authserv", "From is not proven: no authserv-id is trusted"),
        ("many_senders", "From is not proven: From does not name exactly one address"),
        ("no_header", "From is not proven: it has no Authentication-Results header .+"),
        ("dmarc_failed", "From is not proven: DMARC did not pass for From's domain"),
        ("none_passed", "From is not proven: neither DMARC nor an aligned DKIM or SPF passed"),
    ),
    "angry": (("heard", r"(?P<score>[\d.]+)"),),
    "judged_angry": _JUDGED,
    "judged_not_angry": _JUDGED,
    "not_delivered": (("not_delivered", r"(?P<mail>\w+): (?P<error>.+)"),),
    "notice_came_back": (("notice_came_back", rf"to (?P<address>\S+) {_STATUS}"),),
    "notice_withdrawn": _REASONS,
    "unproven_staff": _RECORDED,
    "recorded": _RECORDED,
    "answered": (("", r"seen by (?P<reasons>\w+)"),),
    "not_told": _OVER_CAP,
    "not_reported": _OVER_CAP,
    "not_returned": _OVER_CAP,
    "returned_to_staff": (
        ("not_among", "the customer was not among the recipients"),
        *_REASONS,
    ),
    "not_relayed": _REASONS,
    "relayed": (
        ("", r"outbox \d+, 0 files"),
        ("with_files", r"outbox \d+, (?P<count>\d+) files"),
    ),
    "not_understood": (("", r"(?P<faults>\w+(?:, \w+)*)"),),
    "snoozed": (("until", r"until (?P<until>[\d-]+ [\d:]+) \((?P<zone>.+)\)"),),
    "assigned": (("assigned", r"to (?P<address>\S+)"),),
    "merged": (
        ("merged_from", rf"{_REFERENCE} into this one"),
        ("merged_into", rf"into {_REFERENCE}"),
    ),
    "asked": (("", "whether it is solved"),),
    "warned": _TOLD,
    "escalated": (*((f"level_{key}", rf"level (?P<level>\d+), {shape}") for key, shape in _TOLD),),
    "told_later": (("told_before", "(?P<people>.+), who could not be told before"),),
    "drafted": (("drafted", "a draft of the answer lies in Drafts"),),
    "draft_removed": (("unused", "nobody used it"),),
}
_SOURCES = {words: source.value for source, words in languages.WHY.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """An event in words."""

    title: str
    """What was done."""
    detail: str = ""
    """Why, or with what."""
    reasons: tuple[tuple[str, str], ...] = ()
    """The rules that decided it: each by its name, and what it means, which may be empty."""
    known: bool = True
    """Is `detail` in the page's language? Else it is as it was written down."""


def told(w: Words, event: Event) -> Told:
    """An event in words."""
    title = w.get(f"reasons.event_{event.what}") or event.what
    if not event.why:
        return Told(title=title)
    for key, shape in _compiled(event.what):
        if found := shape.fullmatch(event.why):
            given = {name: value for name, value in found.groupdict().items() if value}
            return Told(title=title, detail=_detail(w, key, given), reasons=_reasons(w, given))
    return Told(title=title, detail=event.why, known=False)


def language(w: Words, code: str) -> str:
    """A language's name, or its code where it has none."""
    return w.get(f"events.language_{code}") or code


def capital(words: str) -> str:
    """The words as a sentence begins."""
    return f"{words[:1].upper()}{words[1:]}"


@cache
def _compiled(what: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((key, re.compile(shape, re.DOTALL)) for key, shape in _SHAPES.get(what, ()))


def _detail(w: Words, key: str, given: Mapping[str, str]) -> str:
    if not key:
        return ", ".join(w.get(f"events.fault_{one}") or one for one in _names(given, "faults"))
    said: dict[str, object] = dict(given)
    if "kind" in given:
        said["kind"] = capital(w.get(f"reasons.kind_{given['kind']}") or given["kind"])
    if "found_by" in given:
        said["found_by"] = w.get(f"reasons.found_by_{given['found_by']}") or given["found_by"]
    if "mail" in given:
        said["mail"] = capital(meanings.mail_kind(w, given["mail"]))
    if "code" in given:
        said["language"] = language(w, given["code"])
    if "source" in given:
        known = _SOURCES.get(given["source"], "")
        said["source"] = w.get(f"reasons.language_{known}") or given["source"]
    if given.get("status") == "no status given":
        said["status"] = w("events.no_status")
    if "count" in given:
        said["count"] = int(given["count"])
    detail = w(f"events.{key}", **said)
    if "remark" in given:
        detail = f"{detail} {w('events.remark', remark=given['remark'])}"
    return detail


def _reasons(w: Words, given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, meanings.reason(w, name)) for name in _names(given, "reasons"))


def _names(given: Mapping[str, str], group: str) -> list[str]:
    return [name for name in given.get(group, "").split(", ") if name]
