"""Whose mail is passed on: certain, or nobody's."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import letter

from mailresponder.mail.forwarding import Forwarded, forwarded, is_bare, is_marked
from mailresponder.mail.message import InboundMessage, RawMessage
from mailresponder.mail.parse import parse

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
GMAIL = """\
---------- Forwarded message ---------
From: Ana García <ana@customer.test>
Date: Mon, 23 Nov 2026 at 09:12
Subject: Where is my order?
To: <jane@example.com>

It has not arrived.

Ana
"""
OUTLOOK_ES = """\
________________________________
De: Ana García <ana@customer.test>
Enviado: lunes, 23 de noviembre de 2026 9:12
Para: jane@example.com <jane@example.com>; Bob
 <bob@example.com>
Asunto: Where is my order?

It has not arrived.

Ana
"""
OUTLOOK_OLD = """\
-----Original Message-----
From: Ana García [mailto:ana@customer.test]
Sent: Monday, November 23, 2026 9:12 AM
To: jane@example.com
Subject: Where is my order?

It has not arrived.

Ana
"""
APPLE = """\
> Begin forwarded message:
>
> From: Ana García <ana@customer.test>
> Subject: Where is my order?
> Date: 23 November 2026 at 09:12:00 CET
> To: jane@example.com
>
> It has not arrived.
>
> Ana
"""
THUNDERBIRD = """\
-------- Mensaje reenviado --------
Asunto: Where is my order?
Fecha: Mon, 23 Nov 2026 09:12:00 +0100
De: Ana García <ana@customer.test>
Para: jane@example.com

It has not arrived.

Ana
"""
APPLE_FIELDS = APPLE.replace("> Begin", "Begin", 1)
BYE = "Kind regards,\nJane Doe\nCustomer Care\n\n"
SHAPES = [GMAIL, OUTLOOK_ES, OUTLOOK_OLD, APPLE, APPLE_FIELDS, THUNDERBIRD]


def message(text: str, subject: str = "Fwd: Where is my order?") -> InboundMessage:
    content = letter(sender="Jane <jane@example.com>", subject=subject, text=text)
    return parse(RawMessage(uid=1, received_at=NOW, content=content))


def attached(text: str, *inner: bytes) -> InboundMessage:
    """A mail with others attached to it."""
    parts = b"".join(b"--B\r\nContent-Type: message/rfc822\r\n\r\n%s\r\n" % one for one in inner)
    content = (
        b"From: jane@example.com\r\nTo: support@example.com\r\nSubject: look\r\n"
        b'Content-Type: multipart/mixed; boundary="B"\r\n\r\n'
        b"--B\r\nContent-Type: text/plain\r\n\r\n%s\r\n%s--B--\r\n" % (text.encode(), parts)
    )
    return parse(RawMessage(uid=1, received_at=NOW, content=content))


def who_and_what(found: Forwarded | None) -> tuple[str, str, str, str]:
    assert found is not None
    return str(found.author), found.subject, " ".join(found.text.split()), found.remark


ANAS = (
    "Ana García <ana@customer.test>",
    "Where is my order?",
    "It has not arrived. Ana",
    "",
)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "signature", ["", "\n-- \nJane Doe\nAcme Ltd.\n\n", "Sent from my iPhone\n\n", BYE]
)
def test_forwards_of_the_usual_programs(shape: str, signature: str) -> None:
    """Author, subject and text are read as each program writes them, in English and Spanish."""
    mail = message(signature + shape)

    assert who_and_what(forwarded(mail)) == ANAS
    assert is_bare(mail)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_remark_is_staffs_own(shape: str) -> None:
    """What is written above belongs to whoever passed it on; then `@fwd` must say that it is."""
    plain, marked = (
        message(f"Please look at this.\n\n{shape}"),
        message(f"@FWD\nShe is an old customer.\n\n{shape}"),
    )

    assert not is_bare(plain)
    assert (is_marked(plain), is_marked(marked)) == (False, True)
    assert who_and_what(forwarded(marked)) == (*ANAS[:3], "She is an old customer.")


def test_an_attached_mail_is_passed_on_whole() -> None:
    """Its own header says who wrote; a second attached mail leaves it open which one is meant."""
    inner = letter(
        sender="Ana García <ana@customer.test>",
        subject="Where is my order?",
        text="It has not arrived.\n\nAna\n",
        message_id="<one@customer.test>",
    )

    mail = attached("-- \nJane\n", inner)
    assert is_bare(mail)
    assert is_bare(attached("", inner))
    assert who_and_what(forwarded(mail)) == ANAS
    found = forwarded(mail)
    assert found is not None
    assert found.mail is not None
    assert found.mail.message_id == "<one@customer.test>"
    assert not is_bare(attached("Please look.", inner))
    assert attached("", inner, inner).attached is None
    assert forwarded(attached("", inner, inner)) is None


def test_a_line_that_says_who_wrote_is_enough_for_a_forward() -> None:
    """Outlook for Mac passes on with an attribution line; a reply with the same line is none."""
    text = "On 23/11/2026, 9:12, Ana García <ana@customer.test> wrote:\n\n    It has not arrived.\n"

    assert who_and_what(forwarded(message(text)))[0] == "ana@customer.test"
    assert forwarded(message(text, subject="Re: Where is my order?")) is None


@pytest.mark.parametrize(
    "text",
    [
        GMAIL.replace("<ana@customer.test>", "").replace("García", ""),
        GMAIL.replace("Ana García <", "bob@elsewhere.test <"),
        GMAIL.replace("Date:", "From: bob@elsewhere.test\nDate:"),
        "It is about the order of ana@customer.test.\n",
        "From: ana@customer.test\n",
        "",
    ],
    ids=["no address", "a name that is another", "two authors", "prose", "one field", "nothing"],
)
def test_what_is_not_certain_is_nobodys(text: str) -> None:
    """Nobody is made a customer by a guess."""
    assert forwarded(message(text)) is None


def test_a_reply_is_no_forward() -> None:
    """Outlook writes the same block under a reply: without the subject of a forward it is one."""
    reply = message(f"\n{OUTLOOK_OLD}", subject="RE: Where is my order?")

    assert not is_bare(reply)
    assert forwarded(reply) is None


@pytest.mark.parametrize(
    "heading", ["> Початок листа, що пересилається:", "> ---------- Original Message ----------"]
)
def test_a_quoted_forward_in_other_words(heading: str) -> None:
    """Programs in other languages, and those that head everything alike, are understood too."""
    text = APPLE.replace("> Begin forwarded message:", heading)

    assert who_and_what(forwarded(message(text)))[0] == "Ana García <ana@customer.test>"


def test_words_below_thanks_are_words() -> None:
    """Who thanks and goes on has something to say, and it is kept."""
    remark = "Thanks!\nThis lady is a friend of mine, do not contact her yet."

    assert not is_bare(message(f"{remark}\n\n{GMAIL}"))
    assert who_and_what(forwarded(message(f"@fwd\n{remark}\n\n{GMAIL}")))[3] == remark


def test_a_forward_without_its_subject_needs_the_mark() -> None:
    """Words that anybody may type into a form of ours are no forward by themselves."""
    form = message(GMAIL, subject="New message from the website")

    assert not is_bare(form)


def test_only_the_outermost_forward_counts() -> None:
    """What was passed on twice is from whoever passed it on last."""
    twice = GMAIL.replace("ana@customer.test", "bob@example.com") + f"\n{GMAIL}"

    found = forwarded(message(twice))

    assert found is not None
    assert found.author.email == "bob@example.com"


LINES = st.sampled_from(
    [
        *("@fwd", "", "words", "From: a <a@customer.test>", "De: b@customer.test", "To: c@x.test"),
        *("Subject: x", "Date: y", "---------- Forwarded message ---------", "> quoted", "-- "),
        *("-----Original Message-----", "On 23/11/2026, 9:12, A <a@customer.test> wrote:"),
        "----- Forwarded Message ----- From: A <a@customer.test>To: b@x.test",
    ]
)


@settings(max_examples=200)
@given(st.lists(LINES, max_size=20), st.sampled_from(["Fwd: x", "Re: x", ""]))
def test_any_text_is_read(lines: list[str], subject: str) -> None:
    """Whatever stands there, the answer is one usable address that stands there, or none."""
    text = "\n".join(lines)
    mail = message(text or "x", subject=subject)
    found = forwarded(mail)

    assert isinstance(is_bare(mail), bool)
    assert found is None or found.author.email in text
