"""Other helpdesks' cases and spam filters' challenges, and people who write about them."""

import pytest

from mailresponder.mail.wording import helpdesk


@pytest.mark.parametrize(
    "subject",
    [
        *("[acme #412] Resolved: Order", "[acme #412] Closed: Order", "[acme #412] Resuelto: x"),
        *("[acme #412] Solucionado: x", "[acme #412] Gelöst: Frage", "[acme #412] Résolu : x"),
        *("[acme #412] Risolto: x", "[acme #412] Opgelost: x", "[acme #412] Закрыто: x"),
        *("Ticket #412 - Closed", "Caso #412: cerrado", "(#412) Solved: Order"),
    ],
)
def test_closings(subject: str) -> None:
    """A case's number and what became of it begin the subject; a thread or the text must agree."""
    assert helpdesk.is_closing_subject(subject)
    assert helpdesk.is_closing(subject, "", prompted=True)
    assert helpdesk.is_closing(subject, "Your request has been closed.", prompted=False)
    assert not helpdesk.is_closing(subject, "It is still broken!", prompted=False)


@pytest.mark.parametrize(
    "subject",
    [
        *("Re: [acme #412] Order", "[acme #412] not resolved", "Closed: your shop on Monday"),
        *("Ticket #412 closed without an answer", "Caso #412 cerrado sin respuesta"),
    ],
)
def test_people_about_cases(subject: str) -> None:
    """Who answers or complains about a case writes no such subject."""
    assert not helpdesk.is_closing_subject(subject)


@pytest.mark.parametrize(
    "text",
    [
        "Please click on this link to have your address added to the allowed list.",
        "I now allow incoming messages only from senders I have approved beforehand.",
        "You can be added to my list of approved senders: fill in the form below.",
        "Your message is being held because your address has not been verified.",
        "Your email will not be delivered until you confirm that you are human: click here.",
        "Haga clic en el enlace para añadir su dirección a la lista de permitidos.",
        "Su mensaje no será entregado hasta que lo confirme: haga clic aquí.",
    ],
)
def test_challenges(text: str) -> None:
    """A filter that wants us to prove that we are human is known by what it wants."""
    assert helpdesk.is_challenge(text)


@pytest.mark.parametrize(
    "text",
    [
        "Please confirm that our address is on your allowed list.",
        "My parcel is being held because you forgot the invoice. Send it.",
        "Your link does not work when I click on it. My order will not be delivered!",
        "My account was blocked until I confirm my address, and the link is dead.",
        "El enlace no funciona y mi pedido está retenido.",
    ],
)
def test_people_about_links(text: str) -> None:
    """Dead links and parcels that are held are a person's trouble."""
    assert not helpdesk.is_challenge(text)


@pytest.mark.parametrize(
    "text",
    [
        "We have received your request. Your ticket number is 12.",
        "Thank you for contacting Acme. Your ticket number is 12. We will get back to you.",
        "Gracias por contactar con Acme. Nos pondremos en contacto con usted.",
        "Hemos recibido su solicitud. Nos pondremos en contacto con usted.",
        "Hem rebut la seva sol·licitud. Aquest és un missatge automàtic.",
        "Ihre Anfrage ist bei uns eingegangen. Bitte nicht auf diese E-Mail antworten.",
        "Nous avons bien reçu votre message. Ceci est un message automatique.",
        "Abbiamo ricevuto la sua richiesta. Questo è un messaggio automatico.",
        "Recebemos a sua mensagem. Esta é uma mensagem automática.",
        "Wij hebben uw bericht ontvangen. Dit is een automatisch bericht.",
    ],
)
def test_acknowledgements(text: str) -> None:
    """Two of the things that acknowledgements say, in the usual languages, make one."""
    assert helpdesk.is_acknowledgement("Order", text)
    assert helpdesk.says_automatic(text)
