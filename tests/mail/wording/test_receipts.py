"""Read receipts and answered invitations without their form, and people who use their words."""

import pytest

from mailresponder.mail.wording.receipts import is_invitation_reply, is_read_receipt


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Read: Order", "Your message\n\nTo: Ana\n\nwas read on Monday."),
        ("Not read: Order", "Your message was deleted without being read on Monday."),
        ("Leído: Pedido", "El mensaje fue leído el lunes."),
        ("No leído: Pedido", "Se eliminó sin leer el lunes."),
        ("Gelesen: Frage", "Ihre Nachricht wurde am 2. November 2026 gelesen."),
        ("Lu : commande", "Votre message a été lu lundi."),
        ("Letto: Ordine", "Il messaggio è stato letto lunedì."),
    ],
)
def test_read_receipts(subject: str, text: str) -> None:
    """A receipt says in subject and text that a mail was read; an empty one needs a thread."""
    assert is_read_receipt(subject, text, prompted=False)
    assert is_read_receipt(subject, "", prompted=True)
    assert not is_read_receipt(subject, "", prompted=False)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Read: your terms", "I read your terms and they say 14 days."),
        ("Read: Order", "I have read your answer and I am furious. " * 40),
        ("Leído: sus condiciones", "Las he leído y no estoy de acuerdo."),
        ("Re: Order", "It was read on Monday, says your tool."),
    ],
)
def test_readers(subject: str, text: str) -> None:
    """Who has read something and says so is a person."""
    assert not is_read_receipt(subject, text, prompted=True)


@pytest.mark.parametrize(
    ("subject", "text", "expected"),
    [
        ("Accepted: Call", "Ana has accepted this invitation.", True),
        ("Rechazado: Reunión", "Ana ha rechazado su invitación.", True),
        ("Meeting Forward Notification: Call", "Your meeting was forwarded.", True),
        ("Accepted: your offer", "I accept it.", False),
        ("Rechazada: mi tarjeta", "La han rechazado en su tienda.", False),
    ],
)
def test_invitations(subject: str, text: str, *, expected: bool) -> None:
    """A calendar answers in its user's name, and says what was answered."""
    assert is_invitation_reply(subject, text, prompted=True) is expected
