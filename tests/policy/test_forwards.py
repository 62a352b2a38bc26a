"""Whose mail becomes of what staff pass on, and that nobody else can do that."""

from typing import Any

import pytest
from making import ANA, BORDER, JANE, SALES, SUPPORT, a_desk, a_message, proven

from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy.desk import Staff
from mailresponder.policy.forwards import UNCLEAR, UNPROVEN, unwrapped

DESK = a_desk()
TEXT = """\
---------- Forwarded message ---------
From: Ana García <{author}>
Date: Mon, 23 Nov 2026 at 09:12
Subject: Where is my order?
To: <jane@example.com>

It has not arrived.
"""


def a_forward(
    sender: str = JANE, *, author: str = ANA, above: str = "", **changes: Any
) -> InboundMessage:
    """A forward by staff, proven."""
    given = {
        "subject": "Fwd: Where is my order?",
        "text": above + TEXT.format(author=author),
        "headers": {**proven(), "Delivered-To": SUPPORT},
        "message_id": "<forward@example.com>",
        "in_reply_to": ("<hers@customer.test>",),
        "references": ("<first@customer.test>",),
    }
    return a_message(sender, **(given | changes))


@pytest.mark.parametrize("above", ["", "@fwd\nOur best customer.\n\n"])
def test_the_mail_is_its_authors(above: str) -> None:
    """From staff, marked or bare, it is read as the customer's, in the customer's own thread."""
    mail = unwrapped(a_forward(above=above), DESK)

    assert mail.author == Address(email=ANA, name="Ana García")
    assert (mail.subject, mail.new_text) == ("Where is my order?", "It has not arrived.")
    assert mail.forwarded_by == Address(email=JANE)
    assert mail.remark == ("Our best customer." if above else "")
    assert mail.message_id == "<hers@customer.test>"
    assert (mail.in_reply_to, mail.references) == (("<hers@customer.test>",), ())
    assert mail.header("delivered-to") == SUPPORT
    assert mail.header("authentication-results") is None, "what proved staff proves no customer"


@pytest.mark.parametrize(
    "mail",
    [
        a_forward("eve@elsewhere.test", above="@fwd\n"),
        a_forward(headers={}),
        a_forward(headers={"Authentication-Results": f"{BORDER}; dmarc=fail"}),
        a_forward(above="Do you know her?\n\n"),
        a_forward(to=("team@elsewhere.test",), cc=(SUPPORT,)),
        a_forward(to=(ANA, SUPPORT), text="", attached=a_message("bob@elsewhere.test")),
        a_forward(SALES, in_reply_to=(), references=()),
        a_forward(above="@fwd\n", reply_to=("mallory@evil.test",)),
        a_forward("no-reply@example.com", above="@fwd\n"),
        a_forward(author="jane.too@example.com"),
        a_forward(author=SUPPORT),
        a_forward(author="no-reply@shop.test"),
        a_forward(text="Hello, I am a customer myself."),
    ],
    ids=[
        *("outsider", "unproven", "refuted", "words of their own", "not to us", "an answer"),
        *(
            "our own",
            "a form for its visitor",
            "a no-reply form",
            "by a colleague",
            "ours",
            "a machine's",
            "no forward",
        ),
    ],
)
def test_everything_else_stays_its_senders(mail: InboundMessage) -> None:
    """Only proven staff pass on, and only an outsider's mail becomes the outsider's."""
    read = unwrapped(mail, DESK)

    assert (read.author, read.forwarded_by, read.text) == (mail.author, None, mail.text)


@pytest.mark.parametrize(
    "mail",
    [
        a_forward(SALES),
        a_forward(reply_to=(SUPPORT,)),
        a_forward(reply_to=("jane.doe@example.com",)),
    ],
    ids=["another mailbox of ours", "answers to us", "answers to a colleague"],
)
def test_the_house_passes_on_as_its_mail_programs_do(mail: InboundMessage) -> None:
    """From our own mailbox in a thread, or with a Reply-To within the house, it counts as well."""
    assert unwrapped(mail, DESK).author == Address(email=ANA, name="Ana García")


def test_what_a_reply_answers_is_not_shown_to_the_customer() -> None:
    """A forward put into the reply to a notice must not carry that notice's Message-ID on: it is
    what proves staff."""
    notice = ("<notice@example.com>",)
    reply = a_forward(above="@fwd\n", subject="RE: Unanswered", in_reply_to=notice)

    mail = unwrapped(reply, DESK)

    assert mail.author == Address(email=ANA, name="Ana García")
    assert (mail.message_id, mail.in_reply_to, mail.references) == (None, (), ())


def test_which_of_two_mails_is_meant_must_be_clear() -> None:
    """A mail passed on in the text that had another attached to it is nobody's."""
    two = a_forward(above="@fwd\n", attached=a_message("victim@other.test"))

    assert unwrapped(two, DESK).author is None
    assert UNCLEAR in unwrapped(two, DESK).notes


def test_words_beside_an_attached_mail_are_staffs_own() -> None:
    """Whatever is attached, who writes words of their own and no mark writes for themselves."""
    own = "Hello, I got this mail and my account is locked. Look at it."
    for inner in ("", "Look"):
        mail = a_forward(text=own, attached=a_message("spam@other.test", text=inner))
        read = unwrapped(mail, DESK)
        assert (read.author, read.text, read.forwarded_by) == (Address(email=JANE), own, None)


def test_a_form_that_is_passed_on_is_its_customers() -> None:
    """Of an attached form's mail Reply-To names the customer."""
    form = a_message("no-reply@shop.test", reply_to=(ANA,), text="It is broken.")

    mail = unwrapped(a_forward(text="@fwd\n", attached=form), DESK)

    assert mail.reply_to == (Address(email=ANA),)
    assert mail.new_text == "It is broken."


def test_an_unproven_mark_says_so() -> None:
    """Staff who marked it and were not believed can find out why."""
    assert UNPROVEN in unwrapped(a_forward(above="@fwd\n", headers={}), DESK).notes
    nobody = a_desk(staff=Staff(patterns=("*@example.com",)))
    assert UNPROVEN in unwrapped(a_forward(above="@fwd\n"), nobody).notes


@pytest.mark.parametrize("author", ["jane.too@example.com", "two@x.test> <three@x.test"])
def test_a_marked_forward_of_nobody_is_nobodys(author: str) -> None:
    """Where it is not clear whose mail was meant, nobody is written to and a person looks."""
    mail = unwrapped(a_forward(above="@fwd\n", author=author), DESK)

    assert (mail.author, mail.forwarded_by) == (None, Address(email=JANE))
    assert UNCLEAR in mail.notes


def test_an_attached_mail_keeps_its_own_header() -> None:
    """Its thread, its Reply-To and what makes it a machine's are the customer's; what a border of
    others said about it is nobody's word for us."""
    inner = a_message(
        reply_to=("home@customer.test",),
        message_id="<hers@customer.test>",
        in_reply_to=("<before@example.com>",),
        headers={"List-Id": "<news.test>", **proven("customer.test"), "Return-Path": "<>"},
    )
    mail = unwrapped(a_forward(text="", attached=inner), DESK)

    assert mail.author == Address(email=ANA)
    assert mail.reply_to == (Address(email="home@customer.test"),)
    assert mail.in_reply_to == ("<hers@customer.test>", "<before@example.com>")
    assert mail.header("list-id") == "<news.test>"
    assert mail.header("authentication-results") is None
    assert mail.header("return-path") is None
