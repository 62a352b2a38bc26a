"""What the events of a ticket's story are in words."""

import pytest
from cases import NOON
from offices import LADDER, Office, answer, complaint

from mailresponder.jobs import actions
from mailresponder.mail import body, text_part
from mailresponder.policy import forwards, languages
from mailresponder.policy.orders import Fault
from mailresponder.policy.refusals import Refusal
from mailresponder.policy.ticket import LanguageSource
from mailresponder.store import tickets
from mailresponder.store.tickets import Event
from mailresponder.web.telling import _SHAPES, Told, told
from mailresponder.web.words import LANGUAGES, Words, _words

EN, ES = Words("en"), Words("es")
LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)

WRITTEN = (
    ("opened", "human mail; it belongs to no earlier ticket"),
    ("opened", "unreadable mail; a new matter in the thread of MR-22222"),
    *(("language", f"es: {why}") for why in languages.WHY.values()),
    ("language", "es: the customer now wrote in it"),
    *(("noted", note) for note in (text_part.TOO_LONG, text_part.UNKNOWN_CHARSET)),
    *(("noted", note) for note in (text_part.ENCRYPTED, body.BORROWED, body.NO_TEXT)),
    *(("noted", note) for note in (forwards.UNMARKED, forwards.UNPROVEN, forwards.UNCLEAR)),
    ("noted", forwards.UNCLEAR_WHOSE),
    ("noted", "It has no usable sender address."),
    ("noted", "Some characters of the text could not be read."),
    ("noted", "It has too many parts or levels: not all of them were read."),
    ("noted", "It is encrypted (PGP): its text cannot be read here."),
    ("noted", "It is encrypted or signed with S/MIME: its text cannot be read here."),
    ("noted", "It is signed with S/MIME; the signature was not checked."),
    ("noted", "Its text is packed in a winmail.dat file (TNEF), which cannot be read here."),
    ("noted", "It has no text, only a calendar invitation."),
    ("noted", "It has no text, only 2 attachments: 1 PDF document, 1 file."),
    ("not_acknowledged", "null_return_path, marked_as_spam"),
    ("followed_up", "the customer wrote again; found by thread"),
    ("followed_up", "somebody else wrote in the thread; found by subject_reference"),
    ("followed_up", "the customer wrote again; found by thread; only_thanks: no clock starts"),
    ("solved", "the customer says so"),
    ("not_solved", "the customer says so"),
    ("closed", "the customer says that it is solved"),
    ("closed", "quiet for 1 day"),
    ("closed", "quiet for 14 days"),
    ("closed", "quiet for less than a day"),
    ("reopened", "the customer wrote"),
    ("reopened", "somebody wrote"),
    ("anger_rising", "heard 0.93, the highest so far"),
    ("anger_rising", "the newest of what is still unanswered is the angriest"),
    ("reachable", "the customer wrote again"),
    ("unreachable", "mail came back (5.1.1)"),
    ("unreachable", "mail came back (no status given)"),
    ("unreachable", "mail was refused"),
    ("relay_failed", "mail was refused"),
    ("unreachable_told", "told ana@example.com, bo@example.com"),
    ("unreachable_told", "told the admins"),
    ("linked", "MR-22222: a new matter in this thread"),
    ("forwarded", "read as the mail of whoever wrote it"),
    ("forwarded", "whose mail it was is not clear; the remark: look\nat this"),
    ("sender_judged", "From is proven: dmarc=pass"),
    ("sender_judged", "From is proven: dkim=pass, aligned with From"),
    ("sender_judged", "From is not proven: no authserv-id is trusted"),
    ("sender_judged", "From is not proven: From does not name exactly one address"),
    ("sender_judged", "From is not proven: DMARC did not pass for From's domain"),
    ("sender_judged", "From is not proven: neither DMARC nor an aligned DKIM or SPF passed"),
    ("angry", "0.93"),
    ("judged_angry", "heard 0.10, not angry"),
    ("judged_not_angry", "heard 0.90, angry"),
    ("not_delivered", "acknowledgement: 550 no such user"),
    ("notice_came_back", "to ana@example.com (5.1.1)"),
    ("notice_withdrawn", "answered_first"),
    ("notice_withdrawn", "answered_first, word_overtaken, notice_overtaken, question_overtaken"),
    ("recorded", "auto_reply: auto_submitted, precedence"),
    ("recorded", "human: "),
    ("unproven_staff", "human: unproven_staff"),
    ("answered", "seen by late_evidence"),
    *(
        (what, "ana@example.com has had too many notices lately")
        for what in ("not_told", "not_reported", "not_returned")
    ),
    ("returned_to_staff", "the customer was not among the recipients"),
    *(("returned_to_staff", refusal.value) for refusal in Refusal),
    *(("not_relayed", refusal.value) for refusal in Refusal),
    ("relayed", "outbox 12, 0 files"),
    ("relayed", "outbox 12, 2 files"),
    ("not_understood", ", ".join(Fault)),
    ("snoozed", "until 2026-11-24 10:00 (Europe/Madrid)"),
    ("assigned", "to ana@example.com"),
    ("merged", "into MR-22222"),
    ("merged", "MR-22222 into this one"),
    ("asked", "whether it is solved"),
    ("warned", "told ana@example.com"),
    ("escalated", "level 2, told nobody yet; when they may get more mail: ana@example.com"),
    ("escalated", "level 1, told ana@example.com, bo@example.com"),
    ("told_later", "ana@example.com, who could not be told before"),
    ("drafted", "a draft of the answer lies in Drafts"),
    ("draft_removed", "nobody used it"),
)
"""What the jobs write down, as they do."""


def tell(what: str, why: str, words: Words = EN) -> Told:
    return told(words, Event(at=NOON, what=what, why=why, by="mailresponder"))


@LANGUAGE
@pytest.mark.parametrize(("what", "why"), WRITTEN)
def test_whatever_was_written_down_has_words(language: str, what: str, why: str) -> None:
    """Each event and each of its reasons is told in either language, in whole sentences."""
    found = tell(what, why, Words(language))

    assert found.known
    assert found.title != what
    assert all(meaning for _, meaning in found.reasons)
    assert "{" not in found.detail
    assert "_" not in found.detail


def test_no_shape_stands_for_nothing() -> None:
    """Every sentence that is known is one that was tried above, and every word is used."""
    keys = {key for shapes in _SHAPES.values() for key, _ in shapes if key}
    keys |= {f"fault_{fault}" for fault in Fault} | {"no_status", "remark"}
    keys |= {f"language_{language}" for language in LANGUAGES}
    held = {key.removeprefix("events.").removesuffix("_one") for key in _words("en")}
    events = {key for key in held if f"events.{key}" in _words("en")}

    assert events == keys
    assert {what for what, _ in WRITTEN} == _SHAPES.keys()


def test_what_is_told_is_what_was_written() -> None:
    """Numbers, names and rules stand in the sentence."""
    assert tell("closed", "quiet for 14 days").detail == "Nobody wrote for 14 days."
    assert tell("closed", "quiet for 1 day", ES).detail == "Nadie escribió en un día."
    assert tell("merged", "into MR-22222", ES).detail == "Con MR-22222."
    assert tell("language", f"es: {languages.WHY[LanguageSource.TEXT]}").detail == (
        "Spanish: the text is in it."
    )
    [[name, meaning]] = tell("answered", "seen by sent_folder").reasons
    assert (name, meaning.startswith("It lies in the Sent folder")) == ("sent_folder", True)
    remark = tell("forwarded", "whose mail it was is not clear; the remark: look\nat this")
    assert remark.detail == "Whose mail it was is not clear. The remark: look\nat this"


def test_what_is_not_known_is_shown_as_it_was_written() -> None:
    """A later version's event, or one with braces in it, is neither lost nor obeyed."""
    assert tell("levitated", "by {0} meters", ES) == Told(
        title="levitated", detail="by {0} meters", known=False
    )
    assert tell("snoozed", "until {zone.key}") == Told(
        title="Snoozed", detail="until {zone.key}", known=False
    )
    assert tell("not_delivered", "relay: 550 {0.__class__}").detail.endswith("550 {0.__class__}")


def test_a_real_story_is_told_whole(office: Office) -> None:
    """Of a complaint that was escalated, put off, answered and closed, nothing stays untold."""
    office.reopen(ladder=LADDER)
    office.receive(complaint(text="This is outrageous, the third time! I want my money back!!!"))
    office.run_well()
    reference = office.ticket.reference
    office.clock.advance(hours=3)
    office.run_well()
    store, now = office.app.store, office.clock.now
    config = office.app.config
    actions.judge(store, reference, angry=False, config=config, now=now, by="ana")
    office.receive(answer(), folder="Sent")
    office.run_well()
    actions.close(store, reference, now=now, by="ana")
    with store.read() as conn:
        events = tickets.events(conn, office.ticket.id)

    assert {"opened", "escalated", "judged_not_angry", "answered", "closed"} <= {
        event.what for event in events
    }
    assert [event for event in events if not told(ES, event).known] == []
