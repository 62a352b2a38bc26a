"""The words of bounces and delays in the usual languages, and not those about parcels."""

import pytest

from mailresponder.mail.wording import failure

SUBJECTS = [
    *("Undeliverable: Order", "Undelivered Mail Returned to Sender", "failure notice"),
    *("Returned mail: see transcript for details", "DELIVERY FAILURE: User jo not listed"),
    *("Mail delivery failed: returning message to sender", "Mail System Error - Returned Mail"),
    *("Delivery Status Notification (Failure)", "Undeliverable Mail", "Delivery failure"),
    *("[Postmaster] Email Delivery Failure", "NOTICE: mail delivery status.", "Failure Notice"),
    *("Message you sent blocked by our bulk email filter", "Undeliverable message"),
    *("There was an error sending your mail", "Returned Mail - Error During Delivery"),
    *("No se puede entregar: Pedido", "Correo no entregado", "Mensaje devuelto"),
    *("Error en la entrega del mensaje", "Unzustellbar: Frage", "Non remis : commande"),
    *("Échec de la remise du message", "Mancato recapito: Ordine", "Onbestelbaar: x"),
    *("Não foi possível entregar: x", "Niedostarczone: x", "Nedoručitelné: x", "Olevererbart: x"),
    *("Kézbesíthetetlen: x", "Kohaletoimetamatu: x", "Не удалось доставить: x"),
    *("Teslim edilemedi: x", "配信不能: 注文", "メールエラー通知", "系统退信", "배달되지 않음: x"),
    *("RE: Order : non remis (delivery failed)", "[BOUNCE]"),
]
SENTENCES = [
    "This is the mail system at host mx.example.net.",
    "This message was created automatically by mail delivery software.",
    "Your message\n  To: jo\n\ndid not reach the following recipient(s):\n",
    "Your message\n  Subject: Order\n\nwas not delivered to:\n  jo@example.net",
    "Delivery to the following recipient failed permanently:\n\n   jo@example.net",
    "Delivery has failed to these recipients or groups:\n\njo@example.net",
    "Unable to deliver message to the following address(es).",
    "   ----- Transcript of session follows -----",
    "Su mensaje no ha podido ser entregado a los siguientes destinatarios:",
    "No se ha podido entregar el mensaje a jo@example.net",
    "El seu missatge no s'ha pogut lliurar",
    "Votre message n'a pas pu être délivré à jo@example.net",
    "Ihre Nachricht konnte nicht zugestellt werden",
    "Il messaggio non può essere consegnato a jo@example.net",
    "A sua mensagem não foi entregue",
    "Uw bericht is niet bezorgd",
    "Ваше письмо не может быть доставлено",
    "次のあて先へのメッセージはエラーのため送信できませんでした。",
    "您的邮件被退回",
]
PARCELS = [
    "Delivery of my parcel failed again.",
    "My parcel was returned to sender.",
    "The delivery has been delayed twice.",
    "Your courier could not deliver the sofa.",
    "There are delivery problems in our street.",
    "Mi pedido no ha podido ser entregado.",
    "El envío fue devuelto.",
    "Mon colis n'a pas été livré.",
    "Das Paket konnte nicht zugestellt werden.",
]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_subjects(subject: str) -> None:
    """The subject of a mail that came back is known; answered or forwarded it is a person's."""
    assert failure.is_failure_subject(subject)


@pytest.mark.parametrize(
    "subject",
    [
        *("Re: Undelivered Mail Returned to Sender", "Fwd: failure notice", "RV: Correo devuelto"),
        *("Delivery failure of my parcel", "Undeliverable parcels", "Returned to sender: parcel"),
        *("Paquete devuelto", "No entregan nunca", "Mail order: where is it?", "My mail"),
    ],
)
def test_other_subjects(subject: str) -> None:
    """Answers, forwards and complaints about parcels have no such subject."""
    assert not failure.is_failure_subject(subject)


@pytest.mark.parametrize("text", SENTENCES)
def test_sentences(text: str) -> None:
    """What mail systems say is known, and opens a bounce; a greeting before it is a person's."""
    assert failure.says_failure(text)
    assert failure.opens_with_failure(text)
    assert not failure.opens_with_failure(f"Hello, I got this:\n\n{text}")
    assert not failure.opens_with_failure(f"Hola, me sale esto:\n\n{text}")


@pytest.mark.parametrize("text", PARCELS)
def test_parcels(text: str) -> None:
    """What people say about their parcels is no bounce."""
    assert not failure.says_failure(text)
    assert not failure.says_delay(text)


@pytest.mark.parametrize(
    "subject",
    [
        *("Delayed Mail (still being retried)", "Delivery Status Notification (Delay)"),
        *("Warning: could not send message for past 4 hours", "Message delayed (jo@example.net)"),
        *("Warning: message 1aBcDe-000 delayed 24 hours", "Delivery delayed: Order"),
        *("Delivery Notification: Delivery has been delayed", "Entrega retrasada: Pedido"),
    ],
)
def test_delay_subjects(subject: str) -> None:
    """A mail that is still on its way is told from one that failed."""
    assert failure.is_delay_subject(subject)


def test_delay_text() -> None:
    """Who goes on trying has not failed, and who has given up does not go on."""
    assert failure.says_delay("Delivery attempts will continue to be made for 5 day(s).")
    assert failure.says_delay("We will continue to try to deliver your message.")
    assert not failure.says_delay("We tried for days. This is a permanent error.")
    assert not failure.says_delay("I will keep trying to call you.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<jo@example.net>: 550 5.1.1 User unknown", True),
        ("host said: 452 mailbox full", True),
        ("jo@example.net: no such user here", True),
        ("buzón lleno", True),
        ("I paid 550 euros for it", True),
        ("It costs 99 euros", False),
        ("order 5501 and 192.0.2.5", False),
    ],
)
def test_reasons(text: str, *, expected: bool) -> None:
    """Codes and the usual reasons are known. A sum of money may look like one: one sign of two."""
    assert failure.says_reason(text) is expected
