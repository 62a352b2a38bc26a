"""Hostile mail: a decision comes out of whatever arrives, quickly and in little memory."""

import time
from collections.abc import Callable
from pathlib import Path

import hostile
import letters
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from making import NOON, a_desk
from measuring import peak_megabytes
from safety import assert_safe

from mailresponder.mail.message import InboundMessage, RawMessage
from mailresponder.mail.parse import parse
from mailresponder.policy import triage
from mailresponder.policy.facts import Facts
from mailresponder.policy.identifiers import Signer

SECONDS = 1.0
MEGABYTES = 200
DESK = a_desk()
SIGNER = Signer(b"k" * 32)


def decide(content: bytes) -> tuple[InboundMessage, triage.Decision]:
    """What intake makes of a mail of which nothing is known before."""
    message = parse(RawMessage(uid=1, received_at=NOON, content=content))
    return message, triage.decide(message, Facts(), DESK, SIGNER)


def by_name(make: Callable[[], bytes]) -> str:
    return make.__name__


@pytest.mark.parametrize("make", hostile.MAILS, ids=by_name)
def test_hostile_mail(make: Callable[[], bytes]) -> None:
    """Each hostile mail is a ticket within a second; whatever else is in it, who wrote it is read
    and acknowledged, where anybody is named."""
    content = make()
    start = time.process_time()
    message, decision = decide(content)
    taken = time.process_time() - start

    assert taken < SECONDS
    assert isinstance(decision, triage.OpenTicket)
    assert (decision.suppressed_by == ()) is (make not in hostile.FROM_NOBODY)
    if make not in hostile.FROM_NOBODY:
        assert message.author is not None
        assert message.author.email == hostile.PERSON
    assert_safe(message)


@pytest.mark.parametrize(
    "make",
    [
        *(hostile.large_attachment, hostile.nested_multiparts, hostile.nested_divs),
        *(hostile.many_tables, hostile.many_parts, hostile.long_line, hostile.many_headers),
        *(hostile.header_lines_in_text, hostile.long_recipients, hostile.nul_bytes_within),
        *(hostile.line_ends_within, hostile.boundary_prefixes, hostile.deep_comments),
        *(hostile.numbered_parameters, hostile.encoded_words, hostile.lying_charset),
    ],
    ids=by_name,
)
def test_words_of_hostile_mail(make: Callable[[], bytes]) -> None:
    """What a person says before the limit is reached is heard."""
    message, _ = decide(make())
    assert message.new_text.startswith("Where is my order?")


def test_memory(tmp_path: Path) -> None:
    """None of the hostile mails takes the program over 200 MB, the mail itself included."""
    for make in hostile.MAILS:
        (tmp_path / make.__name__).write_bytes(make())
    assert peak_megabytes(_READS_ALL, tmp_path) < MEGABYTES


_READS_ALL = """
import sys
from pathlib import Path
from making import NOON, a_desk
from mailresponder.mail.message import RawMessage
from mailresponder.mail.parse import parse
from mailresponder.policy import triage
from mailresponder.policy.facts import Facts
from mailresponder.policy.identifiers import Signer

for path in Path(sys.argv[1]).iterdir():
    message = parse(RawMessage(uid=1, received_at=NOON, content=path.read_bytes()))
    triage.decide(message, Facts(), a_desk(), Signer(b"k" * 32))
"""


SEEDS = [
    *(make() for _, make in letters.PEOPLE.values()),
    *(make() for make in letters.MACHINES),
    *(hostile.nul_bytes_within(), hostile.line_ends_within(), hostile.signatures_in_signatures(3)),
    *(hostile.nested_multiparts(4)[:2_000], hostile.encoded_nested_messages(2)),
    *(hostile.boundary_prefixes(5)[:2_000], hostile.rtf_bomb(80), hostile.asn1_bomb(20)),
]
MARKS = st.sampled_from(
    [
        *(
            b"\r\n",
            b"\n\n",
            b"\r",
            b"\0",
            b"--",
            b"--B\r\n",
            b"=?utf-8?b?",
            b"?=",
            b"\x1b$B",
            b"<div>",
        ),
        *(
            b'"',
            b"(",
            b";",
            b":",
            b"<",
            b"@",
            b"charset=utf-16",
            b"charset=utf-7",
            b"*0*=",
            b"\xe3\x82",
        ),
        *(b"Content-Type: message/rfc822\r\n\r\n", b"Content-Transfer-Encoding: base64\r\n"),
        *(b"begin 644 a\n", b"-----BEGIN PGP MESSAGE-----\n", b"application/ms-tnef", b"text/html"),
    ]
)


@st.composite
def mutilated(draw: st.DrawFn) -> bytes:
    """An ordinary mail that was cut, spliced with another, doubled, or had its bits turned."""
    mail = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(mail)))
        end = draw(st.integers(start, min(len(mail), start + 300)))
        match draw(st.sampled_from(["cut", "splice", "double", "turn", "mark"])):
            case "cut":
                del mail[start:end]
            case "splice":
                other = draw(st.sampled_from(SEEDS))
                mail[start:] = other[draw(st.integers(0, len(other))) :]
            case "double":
                mail[end:end] = mail[start:end] * draw(st.integers(1, 50))
            case "turn" if start < len(mail):
                mail[start] ^= 1 << draw(st.integers(0, 7))
            case _:
                mail[start:start] = draw(MARKS) * draw(st.integers(1, 200))
    return bytes(mail)


@settings(deadline=SECONDS * 1_000)
@given(st.binary(max_size=2_000))
@example(b"\xff" * 100)
@example(b"\r")
@example(b":")
def test_any_bytes(content: bytes) -> None:
    """Any bytes at all give a decision, in bounded time."""
    message, _ = decide(content)
    assert_safe(message)


@settings(max_examples=300, deadline=SECONDS * 1_000)
@given(mutilated())
def test_mutilated_mail(content: bytes) -> None:
    """Whatever becomes of a mail on its way, it gives a decision, in bounded time."""
    message, _ = decide(content)
    assert_safe(message)
