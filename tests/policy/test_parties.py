"""Between whom a mail goes."""

import pytest
from making import ALIAS, ANA, SALES, SUPPORT, a_desk, a_message

from mailresponder.mail.message import Address
from mailresponder.policy import parties

DESK = a_desk()


@pytest.mark.parametrize(
    ("reply_to", "expected"),
    [
        ((), ANA),
        (("private@customer.test",), "private@customer.test"),
        ((SUPPORT,), ANA),
        ((SALES,), ANA),
        (("one@customer.test", "two@customer.test"), ANA),
        (("unusable",), ANA),
        (("no-reply@customer.test",), ANA),
    ],
)
def test_correspondent(reply_to: tuple[str, ...], expected: str) -> None:
    """Reply-To counts where it is one usable address that is not ours."""
    mail = a_message(reply_to=reply_to)

    assert parties.correspondent(mail, DESK) == Address(email=expected)


@pytest.mark.parametrize("sender", [None, SUPPORT, ALIAS, SALES, "unusable"])
def test_nobody_to_answer(sender: str | None) -> None:
    """Neither nobody nor ourselves can be answered."""
    assert parties.correspondent(a_message(sender), DESK) is None
