"""What recorded names mean on the page."""

import re
from pathlib import Path
from typing import get_args

import pytest

import mailresponder.jobs
from mailresponder.jobs.reasons import _WORDS as EXPLAINED
from mailresponder.listening.anger import Band
from mailresponder.mail import automatic
from mailresponder.mail.automatic import Kind
from mailresponder.policy import suppression
from mailresponder.policy.decisions import FoundBy
from mailresponder.policy.facts import Outcome
from mailresponder.policy.refusals import Refusal
from mailresponder.policy.ticket import LanguageSource
from mailresponder.store import outbox
from mailresponder.web.meanings import mail_kind, reason, who
from mailresponder.web.words import LANGUAGES, Words, _words

LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
_JOBS = Path(mailresponder.jobs.__file__).parent
_WRITTEN = re.compile(r'(?:what=|\bevent\([a-z_]+, |_event\([^"()]*?, |\.told\()"([a-z_]+)"')
"""How the jobs write an event down where its name stands there."""
RECORDED = (
    *(rule.__name__ for rule, _ in automatic.RULES),
    *(rule.__name__ for rule in suppression.RULES),
    *Refusal,
    *("word_overtaken", "notice_overtaken", "question_overtaken"),
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
    assert mail_kind(Words(language), "assignment") != "assignment"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("root (command line)", "root (línea de órdenes)"),
        ("command line", "línea de órdenes"),
        ("ana (web)", "ana (web)"),
        ("jane@example.com", "jane@example.com"),
    ],
)
def test_who_did_something_is_named_in_the_page_s_language(name: str, said: str) -> None:
    """Also whoever was at the command line; in English they are as they were written down."""
    assert who(Words("es"), name) == said
    assert who(Words("en"), name) == name


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
