"""Short replies: thanks, and whether it is solved."""

from dataclasses import replace
from typing import Any

import pytest
from making import CALM, FURIOUS, a_desk, a_message, a_ticket

from mailresponder.listening.solved import Said
from mailresponder.mail.message import Attachment, InboundMessage
from mailresponder.policy import replies

DESK = a_desk()
TICKET = a_ticket()


def reply(text: str, *, subject: str = "Re: Where is my order?", **changes: Any) -> InboundMessage:
    return replace(a_message(text=text, subject=subject), **changes)


def a_file(content_type: str, size: int) -> tuple[Attachment, ...]:
    return (Attachment(filename="a", content_type=content_type, size=size),)


@pytest.mark.parametrize(
    ("text", "subject", "only"),
    [
        ("Thanks!", "Re: Where is my order?", True),
        ("¡Muchas gracias!", "Re: Where is my order?", True),
        ("Thanks!", "Re: Your refund is on its way", True),
        ("Thanks!", "Thank you", True),
        ("", "Thank you so much!", True),
        ("\n", "Re: Thanks!", True),
        ("", "Gracias", True),
        ("", "Re: Where is my order?", False),
        ("", "", False),
        ("", "Refund", False),
        ("Thanks!\n[cid:image001.png@01DB91A0]", "Re: Where is my order?", True),
        ("Thanks!\n\n[image: logo.png]", "Re: Where is my order?", True),
        ("[cid:image001.png@01DB91A0]", "Thanks!", False),
        ("Thanks!\n[cid: refund me", "Re: Where is my order?", False),
        ("Thanks!", "Cancel my order", False),
        ("Thanks! Send it to me.", "Thanks", False),
    ],
)
def test_thanks_may_stand_in_text_or_subject(text: str, subject: str, only: bool) -> None:
    """The subject counts where it is the writer's own: it may thank, or ask for something."""
    assert replies.only_thanks(reply(text, subject=subject), TICKET, DESK) is only


@pytest.mark.parametrize(
    ("content_type", "size", "only"),
    [
        ("image/png", 8_000, True),
        ("application/pgp-signature", 900, True),
        ("text/vcard", 900, True),
        ("image/jpeg", 400_000, False),
        ("application/pdf", 900, False),
    ],
)
def test_thanks_with_a_file_are_more(content_type: str, size: int, only: bool) -> None:
    """Whoever sends a file sends something to be looked at; a logo or a signature is none."""
    mail = reply("Thanks!", attachments=a_file(content_type, size))
    assert replies.only_thanks(mail, TICKET, DESK) is only


def test_empty_mail_that_could_not_be_read_is_no_thanks() -> None:
    """What it said is not known."""
    mail = reply("", subject="Thanks!", notes=("An encrypted mail.",))
    assert not replies.only_thanks(mail, TICKET, DESK)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Yes, thanks", Said.SOLVED),
        ("Sí, gracias", Said.SOLVED),
        ("Yes\n[cid:image001.png@01DB91A0]", Said.SOLVED),
        ("No", Said.NOT_SOLVED),
        ("Todavía no", Said.NOT_SOLVED),
        ("Yes, but the box was open", Said.UNCLEAR),
    ],
)
def test_word_is_heard_in_any_language_of_the_desk(text: str, word: Said) -> None:
    """A yes is too short to tell the language by."""
    assert replies.on_being_asked(reply(text), CALM, DESK) is word


def test_who_is_angry_has_nothing_solved() -> None:
    """Anger outweighs the words."""
    assert replies.on_being_asked(reply("Yes"), FURIOUS, DESK) is Said.NOT_SOLVED


def test_yes_with_a_file_is_unclear() -> None:
    """The file may say something else."""
    mail = reply("Yes", attachments=a_file("application/pdf", 900))
    assert replies.on_being_asked(mail, CALM, DESK) is Said.UNCLEAR
