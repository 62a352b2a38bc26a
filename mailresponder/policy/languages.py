"""In which language the desk speaks to a customer, also where their text does not tell.

The text itself counts most, then the thread, then what the customer wrote last; then what the mail
says beside its words, and at last the desk's first language. The last two are guesses: an
acknowledgement is then written in all of the desk's languages.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mailresponder.listening.lexicon import load
from mailresponder.mail.message import InboundMessage
from mailresponder.policy.ticket import LanguageSource, Ticket

WHY: Mapping[LanguageSource, str] = {
    LanguageSource.TEXT: "the text is in it",
    LanguageSource.THREAD: "the text does not tell; the ticket is in it",
    LanguageSource.LAST: "the text does not tell; the customer's latest ticket was in it",
    LanguageSource.HINT: "a guess: the text leans to it, or headers or the sender's country do",
    LanguageSource.DEFAULT: "a guess: nothing tells, and it is the desk's first",
}
"""How a language is known, in words."""

_MOST = 20
"""Encoded words of a header that are looked at."""
_CHARSET = re.compile(r"""\bcharset\s*=\s*"?([\w.:+-]{1,40})""", re.IGNORECASE)
_ENCODED_WORD = re.compile(r"=\?([\w.:+-]{1,40})[*?]")
_HEADER_LIMIT = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Spoken:
    """A language and how it is known."""

    language: str
    source: LanguageSource


def choose(
    heard: str | None,
    *,
    thread: Ticket | None,
    last: str | None,
    hinted: str | None,
    languages: Sequence[str],
) -> Spoken:
    """The language of a message, one of `languages` unless its thread speaks another.

    Args:
        heard: What the text is in; None where that is not sure.
        thread: The ticket it belongs to.
        last: What the customer spoke in their latest ticket whose language was sure.
        hinted: What `hints` says, or what the text leans to.
        languages: The desk's; the first is the default.
    """
    if heard is not None:
        return Spoken(language=heard, source=LanguageSource.TEXT)
    if thread is not None:
        known = thread.language_from
        source = LanguageSource.THREAD if known.is_sure else known
        return Spoken(language=thread.language, source=source)
    if last is not None and last in languages:
        return Spoken(language=last, source=LanguageSource.LAST)
    if hinted is not None and hinted in languages:
        return Spoken(language=hinted, source=LanguageSource.HINT)
    return Spoken(language=languages[0], source=LanguageSource.DEFAULT)


def corrected(ticket: Ticket, spoken: Spoken) -> Ticket:
    """The ticket after its customer wrote a message in `spoken`: a clear text settles what was
    not known from their text so far."""
    if ticket.language_from is LanguageSource.TEXT or spoken.source is not LanguageSource.TEXT:
        return ticket
    return replace(ticket, language=spoken.language, language_from=LanguageSource.TEXT)


def to_acknowledge_in(ticket: Ticket, languages: Sequence[str]) -> tuple[str, ...]:
    """The languages of the ticket's acknowledgement, the likelier first: one where it is sure,
    else all of the desk's."""
    if ticket.language_from.is_sure:
        return (ticket.language,)
    return tuple(dict.fromkeys([ticket.language, *languages]))


def hints(message: InboundMessage, languages: Sequence[str]) -> str | None:
    """What the mail says of its language beside its words; None where that fits none of
    `languages`, or several."""
    return next((said for hint in _HINTS if (said := hint(message, languages)) is not None), None)


def _content_language(message: InboundMessage, languages: Sequence[str]) -> str | None:
    """Content-Language names it (RFC 3282 §2)."""
    return _tagged(message, "content-language", languages)


def _accept_language(message: InboundMessage, languages: Sequence[str]) -> str | None:
    """Accept-Language says what the writer reads (RFC 3282 §3)."""
    return _tagged(message, "accept-language", languages)


def _domain(message: InboundMessage, languages: Sequence[str]) -> str | None:
    """The sender's top-level domain is that of a country that speaks it."""
    senders = message.reply_to or message.from_
    if not senders:
        return None
    domain = senders[0].email.rpartition(".")[2].lower()
    return _only(code for code in languages if domain in load(code).traits.domains)


def _charset(message: InboundMessage, languages: Sequence[str]) -> str | None:
    """A charset of its header is one that only one of the languages is written in."""
    if message.forwarded_by is not None:
        return None
    named = set[str]()
    if (found := _CHARSET.search(_header(message, "content-type"))) is not None:
        named.add(found[1].lower())
    for name in ("subject", "from"):
        for word in _ENCODED_WORD.findall(_header(message, name))[:_MOST]:
            named.add(word.lower())
    # ASCII beside another charset only says that one part needed no more.
    named = named - {"us-ascii"} or named
    if not named:
        return None
    return _only(code for code in languages if named <= load(code).traits.charsets)


_Hint = Callable[[InboundMessage, Sequence[str]], str | None]
_HINTS: tuple[_Hint, ...] = (_content_language, _accept_language, _domain, _charset)


def _tagged(message: InboundMessage, header: str, languages: Sequence[str]) -> str | None:
    # The header of a mail that was passed on is that of whoever passed it on.
    if message.forwarded_by is not None:
        return None
    tags = (tag.partition(";")[0].strip() for tag in _header(message, header).split(",")[:_MOST])
    named = {tag.partition("-")[0].lower() for tag in tags}
    return _only(code for code in languages if code in named)


def _header(message: InboundMessage, name: str) -> str:
    return (message.header(name) or "")[:_HEADER_LIMIT]


def _only(codes: Iterable[str]) -> str | None:
    found = list(codes)
    return found[0] if len(found) == 1 else None
