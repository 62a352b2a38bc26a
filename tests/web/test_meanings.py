"""What recorded names mean on the page."""

import re
from pathlib import Path
from typing import get_args

import hostile
import pytest
from making import NOON, a_message

import mailresponder.jobs
from mailresponder.jobs.reasons import _WORDS as EXPLAINED
from mailresponder.listening.anger import Band
from mailresponder.mail import automatic
from mailresponder.mail.authentication import authenticated
from mailresponder.mail.automatic import Kind
from mailresponder.mail.message import RawMessage
from mailresponder.mail.parse import parse
from mailresponder.policy import suppression
from mailresponder.policy.decisions import FoundBy
from mailresponder.policy.facts import Outcome
from mailresponder.policy.refusals import Refusal
from mailresponder.policy.ticket import LanguageSource
from mailresponder.store import outbox
from mailresponder.web.meanings import mail_kind, reason, told
from mailresponder.web.words import LANGUAGES, Words, _words

LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
_JOBS = Path(mailresponder.jobs.__file__).parent
_WRITTEN = re.compile(r'(?:what=|\bevent\([a-z_]+, |_event\([^"()]*?, )"([a-z_]+)"')
"""How the jobs write an event down where its name stands there."""
RECORDED = (
    *(rule.__name__ for rule, _ in automatic.RULES),
    *(rule.__name__ for rule in suppression.RULES),
    *Refusal,
    *("not_handled", "answered_first", "wrote_first", "sent_folder", "authenticated"),
)


@LANGUAGE
def test_every_reason_has_words(language: str) -> None:
    """Whatever can be recorded as a reason is a sentence in either language."""
    for name in RECORDED:
        assert re.fullmatch(r"[A-ZÁÉÍÓÚÑ].+\.", reason(Words(language), name)), name


@LANGUAGE
def test_a_reason_that_the_command_line_explains_is_explained_here(language: str) -> None:
    """Nobody must go to a terminal to learn what a reason means."""
    for name in EXPLAINED:
        assert reason(Words(language), name), name


def test_a_reason_without_words_has_none() -> None:
    """A name that nobody knows, of a later version say, is shown as it is by whoever asks."""
    assert reason(Words("es"), "phase_of_the_moon") == ""


@LANGUAGE
def test_every_name_of_a_fixed_set_has_words(language: str) -> None:
    """What a mail is, what became of it, where it belongs and how it sounds all have words."""
    sets = {
        "kind": Kind,
        "outcome": Outcome,
        "found_by": FoundBy,
        "language": LanguageSource,
        "band": Band,
    }
    lacking = [
        f"{prefix}_{name}"
        for prefix, names in sets.items()
        for name in names
        if f"reasons.{prefix}_{name}" not in _words(language)
    ]
    lacking += [s for s in get_args(outbox.State) if f"reasons.outbox_{s}" not in _words(language)]

    assert not lacking


@LANGUAGE
def test_every_kind_of_mail_of_ours_has_words(language: str) -> None:
    """The outbox names no kind by its internal name."""
    kinds = get_args(outbox.Kind)

    assert [k for k in kinds if k.count("_") and mail_kind(Words(language), k) == k] == []
    assert mail_kind(Words("es"), "acknowledgement") == "acuse de recibo"


@LANGUAGE
def test_every_event_has_words(language: str) -> None:
    """A ticket's story is told in words, whichever job wrote an event down."""
    written = {
        name
        for file in _JOBS.glob("*.py")
        for name in _WRITTEN.findall(file.read_text(encoding="utf-8"))
    }
    written |= {f"{kind}_sent" for kind in get_args(outbox.Kind)}

    assert {"opened", "escalated", "snoozed", "judged_angry"} <= written
    lacking = [one for one in written if f"reasons.event_{one}" not in _words(language)]
    assert not lacking


@LANGUAGE
def test_what_is_noted_while_reading_has_words(language: str) -> None:
    """Each sentence by which a mail is called odd, or its sender proven or not, has its own."""
    mails = [
        b"From: a@b.test\r\n\r\n",
        b"Content-Type: multipart/encrypted\r\n\r\nx",
        b"Content-Type: application/pkcs7-mime\r\n\r\nx",
        b"Content-Type: application/ms-tnef\r\n\r\nx",
        b"Content-Type: text/calendar\r\n\r\nx",
        b"Content-Type: image/png\r\n\r\nx",
        _mixed(b"image/png", b"image/png"),
        _mixed(b"message/rfc822\r\n\r\nSubject: x"),
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xff\xff",
        b"Content-Type: text/plain; charset=nothing\r\n\r\n\xff\xff",
        b"Content-Type: text/plain\r\n\r\n" + b"word " * 400_000,
        b"\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nx\r\n-----END PGP MESSAGE-----\r\n",
        hostile.many_parts(),
    ]
    read = [parse(RawMessage(uid=0, received_at=NOON, content=mail)) for mail in mails]
    large = parse(RawMessage(uid=0, received_at=NOON, content=mails[0], truncated=True))
    said = {note for message in (*read, large) for note in message.notes}
    border = "mx.example.com"
    for result in (
        *("dmarc=pass header.from=b.test", "dmarc=fail header.from=b.test", "spf=none"),
        *("dkim=pass header.d=b.test", "spf=pass smtp.mailfrom=b.test"),
    ):
        header = {"Authentication-Results": f"{border}; {result}"}
        message = a_message("a@b.test", headers=header)
        said.add(authenticated(message, trusted_authserv_id=border).why)
    for message in (a_message("a@b.test"), a_message(None)):
        said |= {authenticated(message, trusted_authserv_id=one).why for one in (border, "")}

    assert len(said) >= 20
    known = set(_words(language).values())
    assert [one for one in sorted(said) if told(Words(language), one) not in known] == []
    assert told(Words(language), "Something new: 1") == "Something new: 1"


def _mixed(*kinds: bytes) -> bytes:
    """A mail of parts of these types."""
    parts = b"".join(b"--b\r\nContent-Type: %b\r\n\r\nx\r\n" % kind for kind in kinds)
    return b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n"
