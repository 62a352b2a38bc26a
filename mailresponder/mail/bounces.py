"""Bounces and delays without a machine-readable part: told by who sends them and how they read.

Many mail systems write no report (RFC 3464 §1 is a wish, not a law). No sign suffices alone:
people write from postmaster@, about mail that did not arrive, and paste what they got back. So a
sender of mail systems needs words, and words need more words where the sender is anybody.
"""

import re
from collections.abc import Iterator, Sequence

from mailresponder.mail import senders
from mailresponder.mail.addresses import usable
from mailresponder.mail.marks import is_forward_subject
from mailresponder.mail.message import Address, Report, ReportKind
from mailresponder.mail.mime import Part
from mailresponder.mail.returned import (
    explanation,
    has_returned_mail,
    original_ids,
    shows_header,
)
from mailresponder.mail.wording import failure

RECIPIENTS_LIMIT = 50
_TEXT_LIMIT = 5_000
_OPENING = 500
_ADDRESS = r"[^\s@<>()\"',;:\[\]]{1,100}@[^\s@<>()\"',;:\[\]]{1,150}"
_RECIPIENT = re.compile(
    rf"(?:^[ \t>*-]{{0,20}}|(?<!from)(?<!sender)(?<!reply-to)[:;][ \t]{{0,20}}|"
    rf"\b(?:to|recipient|address|addresses|an|a|para|user)\b[^\n@<\"']{{0,40}})"
    rf"[<\"'(\[]{{0,2}}(?:smtp:|rfc822; ?|mailto:)?(?<![\w.+%-])({_ADDRESS})",
    re.IGNORECASE | re.MULTILINE,
)
_ENHANCED = re.compile(r"(?<![\d.])([45]\.[0-7]\.\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.\w:])([45])[0-5]\d(?=[ -]|$)", re.MULTILINE)


def read_bounce(
    root: Part, *, author: Address | None, headers: senders.Headers, subject: str, text: str
) -> Report | None:
    """What a bounce or delay says that has no report, or None where the mail is neither."""
    from_daemon = senders.is_daemon(author, headers)
    from_system = from_daemon or senders.is_mail_system(author, headers)
    # Exim and others write this, people do not.
    failed = headers.get("x-failed-recipients", ())
    candidate = from_system or failed or senders.is_technical(author)
    if not candidate or is_forward_subject(subject):
        return None
    delayed = failure.is_delay_subject(subject)
    subject_says = delayed or failure.is_failure_subject(subject)
    words = explanation(text)[:_TEXT_LIMIT]
    said = failure.says_failure(words) or failure.says_delay(words)
    returned = has_returned_mail(root.walk(), text)
    recipients = recipients_in(words, failed)
    reasoned = bool(recipients) and failure.says_reason(words)
    signs = sum((subject_says, said, returned, reasoned, bool(failed)))
    if from_daemon:
        is_bounce = signs > 0
    elif from_system or failed:
        first = _speaks_first(words)
        is_bounce = (signs > 1 and (subject_says or bool(failed) or first)) or (reasoned and first)
    else:
        is_bounce = subject_says and signs > 1 and _speaks_first(words)
    if from_system and senders.is_only_named_so(author, headers):
        is_bounce = is_bounce and (returned or bool(failed) or status_in(words) is not None)
    if not is_bounce:
        return None
    return Report(
        kind=ReportKind.DELAYED if delayed or failure.says_delay(words) else ReportKind.FAILED,
        original_ids=original_ids(root.walk(), (), text),
        recipients=recipients,
        status=status_in(words),
        in_words=True,
    )


def resembles_bounce(subject: str, text: str) -> bool:
    """Does a mail of anybody read like a bounce from its first word on, by two signs?

    Evidence against an automatic answer only: whoever pastes a bounce and says nothing is a
    person all the same.
    """
    if is_forward_subject(subject):
        return False
    words = explanation(text)[:_TEXT_LIMIT]
    if failure.speaks_as_a_person(words):
        return False
    subject_says, opens = failure.is_failure_subject(subject), failure.opens_with_failure(words)
    if not (subject_says or opens):
        return False
    addressed = next(_recipients(words, ()), None) is not None
    reasoned = addressed and failure.says_reason(words)
    if opens:
        return subject_says or reasoned or (addressed and shows_header(text))
    return shows_header(text) and (reasoned or failure.says_failure(words))


def _speaks_first(words: str) -> bool:
    """Does it begin with the failure, or with whom it is about and why?"""
    if failure.opens_with_failure(words):
        return True
    lines = [line for line in words[:_OPENING].splitlines() if re.search(r"\w", line)][:2]
    return failure.says_reason(words) and any(_RECIPIENT.match(line) for line in lines)


def recipients_in(words: str, failed: Sequence[str] = ()) -> tuple[str, ...]:
    """The addresses that a bounce's words are about, casefolded, those of `failed` first."""
    found = dict.fromkeys(a.casefold() for a in _recipients(words[:_TEXT_LIMIT], failed))
    return tuple(found)[:RECIPIENTS_LIMIT]


def _recipients(words: str, failed: Sequence[str]) -> Iterator[str]:
    for value in failed:
        for piece in value[:_TEXT_LIMIT].split(","):
            if address := usable(piece.strip(" <>\t")):
                yield address.email
    for match in _RECIPIENT.finditer(words):
        if address := usable(match[1].rstrip(".")):
            yield address.email


def status_in(words: str) -> str | None:
    """The enhanced status code, or its class from a plain one (RFC 3463 §2). A permanent one goes
    first: before it servers often say that they were busy."""
    words = words[:_TEXT_LIMIT]
    enhanced = [match[1] for match in _ENHANCED.finditer(words)]
    plain = [f"{match[1]}.0.0" for match in _CODE.finditer(words)]
    codes = enhanced or plain
    return next((code for code in codes if code.startswith("5")), codes[0] if codes else None)
