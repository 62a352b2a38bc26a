"""Mass mail without its header: two signs, which people's mails do not have together."""

import pytest

from mailresponder.mail.wording import bulk


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("To unsubscribe, click here.", True),
        ("View this email in your browser", True),
        ("Para darse de baja, pulse aquí.", True),
        ("Newsletter abbestellen", True),
        ("Se désabonner", True),
        ("x" * 50_000 + "\nunsubscribe", True),
        ("Where is my subscription?", False),
    ],
)
def test_unsubscribing(text: str, *, expected: bool) -> None:
    """The way out stands at the beginning or at the end."""
    assert bulk.offers_to_unsubscribe(text) is expected


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        *(("newsletter", True), ("shop-news", True), ("notification+x12", True), ("ofertas", True)),
        *(("promociones", True), ("newsom", False), ("ana", False), ("info", False)),
    ],
)
def test_senders(local: str, *, expected: bool) -> None:
    """Newsletters are sent from addresses that say so."""
    assert bulk.is_sender(local) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *(("<bounce-12@mail.example>", True), ("bounces+12-a=b.test@em.example", True)),
        *(("<101BN3c@bounce.example>", False), ("<ana@example.com>", False), ("<>", False)),
        *(("<dms-errors@example.com>", True), ("<returns@example.com>", True)),
    ],
)
def test_return_addresses(path: str, *, expected: bool) -> None:
    """A return path that counts bounces is known by its local part."""
    assert bulk.is_return_address(path) is expected
