"""Who writes in the simulated month, and what: every text carries a number that no other has, by
which the oracle knows whose it is wherever it turns up."""

from datetime import datetime
from itertools import count
from random import Random

from clients import CLIENTS, Person
from letters import letter
from offices import BOSS, LEAD, PROVEN, SUPPORT

DESK = f"Acme Support <{SUPPORT}>"
JANE = "jane.roe@example.com"

SUBJECTS = {
    "en": [
        "Where is my order {}?",
        "Invoice {} is not right",
        "The lamp of order {} is broken",
        "Change of address for {}",
        "Opening hours and parking, {}",
    ],
    "es": [
        "¿Dónde está mi pedido {}?",
        "La factura {} no es correcta",
        "La lámpara del pedido {} está rota",
        "Cambio de dirección para {}",
        "Horario y aparcamiento, {}",
    ],
}
OTHER_SUBJECTS = {
    "en": ["Guarantee of a coffee machine {}", "Gift voucher for my sister {}"],
    "es": ["Garantía de una cafetera {}", "Un vale para mi hermana {}"],
}
"""Of new matters in old threads: no word of them stands in the others."""
CALM = {
    "en": [
        "Hello,\n\nmy order {} has not arrived yet. Could you tell me when it will?\n\n{}",
        (
            "Good morning,\n\nthe invoice for {} has another amount than the offer. Would you look"
            " into it, please?\n\nKind regards,\n{}"
        ),
        "Hi,\n\nI have moved. Please send {} to 12 Elm Street instead.\n\n{}",
    ],
    "es": [
        "Hola:\n\nmi pedido {} todavía no ha llegado. ¿Podrían decirme cuándo llegará?\n\n{}",
        (
            "Buenos días:\n\nla factura de {} tiene otro importe que el presupuesto. ¿Podrían"
            " revisarla?\n\nUn saludo,\n{}"
        ),
        "Hola:\n\nMe he mudado. Por favor, envíen {} a la calle del Olmo.\n\n{}",
    ],
}
FURIOUS = {
    "en": [
        (
            "This is the THIRD TIME I write about {} and nobody answers. This is outrageous, you"
            " are incompetent liars!!!\nRefund me now or I will report you and sue you.\n\n{}"
        ),
        (
            "You are a bunch of thieves. {} was never delivered and you have stolen my money."
            " Disgraceful, absolutely unacceptable! I want my money back NOW.\n\n{}"
        ),
    ],
    "es": [
        (
            "Es la tercera vez que escribo por {} y nadie me contesta. ¡Es indignante, son unos"
            " sinvergüenzas!\nSi no me devuelven el dinero ya, les pongo una denuncia.\n\n{}"
        ),
        (
            "Son ustedes unos ladrones. {} no ha llegado y me han robado el dinero. ¡Es una"
            " vergüenza, totalmente inaceptable! Quiero mi dinero YA.\n\n{}"
        ),
    ],
}
AGAIN = {
    "en": [
        "Is there any news about {}? I have heard nothing so far.\n\n{}",
        "One more thing about {}: it was to be blue, not green.\n\n{}",
    ],
    "es": [
        "¿Hay alguna novedad sobre {}? Todavía no sé nada.\n\n{}",
        "Una cosa más sobre {}: tenía que ser azul, no verde.\n\n{}",
    ],
}
THANKS = {"en": "Thank you very much!\n\n{}", "es": "Muchas gracias.\n\nUn saludo,\n{}"}
SOLVED = {"en": "Yes, thank you!\n\n{}", "es": "Sí, muchas gracias.\n\n{}"}
NOT_SOLVED = {
    "en": ["No, it is not. I still have nothing of {}.\n\n{}"],
    "es": ["No, todavía no. Sigo sin tener nada de {}.\n\n{}"],
}
ANSWERS = {
    "en": [
        "Hello,\n\nit leaves our house tomorrow; the parcel's number is {}.\n\nKind regards,\nJane",
        "Good day,\n\nI am sorry, and have sent you a new one under {}.\n\nJane",
        "Hi,\n\nour carrier has lost it. You get your money back, note {}.\n\nBest,\nJane",
        "Hello again,\n\nI have asked the warehouse, under {}, and write on Friday.\n\nJane",
    ],
    "es": [
        "Hola:\n\nSale mañana de nuestro almacén con el número {}.\n\nUn saludo,\nJane",
        "Buenos días:\n\nLo siento, y le he enviado otro con el número {}.\n\nJane",
        "Hola:\n\nEl transportista lo ha perdido. Le devolvemos el dinero, abono {}.\n\nJane",
        "Hola de nuevo:\n\nHe preguntado al taller, parte {}, y le escribo el viernes.\n\nJane",
    ],
}
NOTES = {
    "en": "Do you know anything about this one? I would say no to it (file {}).",
    "es": "¿Sabes algo de esto? Yo diría que no (expediente {}).",
}
_NAMES = {
    "en": ["Emma Clarke", "Noah Reed", "Olivia Hart", "Liam Frost", "Grace Doyle", "Owen Pike"],
    "es": ["Lucía Peña", "Javier Ríos", "Carla Soto", "Hugo Vega", "Marta Gil", "Pablo Mora"],
}


class Cast:
    """Makes people and texts. `numbers` are unique in a month."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._people = count(1)
        self._numbers = count(20_117, 37)
        self.staff = [
            self._staff(n, c) for n, c in (("Jane Roe", "outlook"), ("Ana Ruiz", "gmail"))
        ]
        self.lead = Person(
            name="Lea Diez", email=LEAD, client="outlook", language="es", headers=PROOF
        )
        self.boss = Person(name="Bo Lund", email=BOSS, client="thunderbird", headers=PROOF)

    @property
    def everybody(self) -> list[Person]:
        """All of staff who have an address of their own."""
        return [*self.staff, self.lead, self.boss]

    def _staff(self, name: str, client: str) -> Person:
        email = f"{name.lower().replace(' ', '.')}@example.com"
        return Person(name=name, email=email, client=client, headers=PROOF)

    def customer(self) -> Person:
        """Somebody new."""
        language = self._random.choice(["en", "es"])
        name = self._random.choice(_NAMES[language])
        number = next(self._people)
        return Person(
            name=name,
            email=f"{name.split()[0].lower().replace('í', 'i')}{number}@customer{number}.test",
            client=self._random.choice(list(CLIENTS)),
            language=language,
            keeps_references=self._random.random() < 0.9,
            bottom_posting=self._random.random() < 0.3,
        )

    def number(self) -> int:
        """One that no text has yet."""
        return next(self._numbers)

    def at_desk(self) -> Person:
        """One of staff, as they write from the shared mailbox."""
        client = self._random.choice(list(CLIENTS))
        language = self._random.choice(["en", "es"])
        return Person(name="Acme Support", email=SUPPORT, client=client, language=language)

    def say(self, texts: dict[str, list[str]], who: Person, number: int) -> str:
        """One of these texts in a person's language, signed."""
        return self._random.choice(texts[who.language]).format(number, who.name.split()[0])


PROOF = (("Authentication-Results", PROVEN),)


def newsletter(number: int) -> bytes:
    """A list's mail."""
    return letter(
        sender="Trade News <news@list.test>",
        subject=f"This week: issue {number}",
        text="Everything new in lamps.\n",
        message_id=f"<news-{number}@list.test>",
        List_Id="<weekly.list.test>",
        List_Unsubscribe="<https://list.test/bye>",
    )


def parcel_notice(number: int) -> bytes:
    """A machine that reads no answers."""
    return letter(
        sender="Parcel Service <no-reply@parcels.test>",
        subject=f"Parcel {number} is on its way",
        text="It will arrive tomorrow.\n",
        message_id=f"<parcel-{number}@parcels.test>",
    )


def delivery_report(message_id: str, recipient: str, *, failed: bool, at: datetime) -> bytes:
    """What a mail system says of a mail of ours (RFC 3464): it came back, or is late."""
    action, status = ("failed", "5.1.1") if failed else ("delayed", "4.4.1")
    said = "could not be delivered" if failed else "is delayed; you need not send it again"
    return (
        "From: Mail Delivery System <MAILER-DAEMON@relay.test>\r\n"
        f"To: {SUPPORT}\r\nSubject: Delivery Status Notification\r\n"
        f"Message-ID: <dsn-{at.timestamp():.0f}-{recipient.partition('@')[0]}@relay.test>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        f"--B\r\nContent-Type: text/plain\r\n\r\nYour mail {said}.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relay.test\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"\r\n--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\n\r\n"
        "--B--\r\n"
    ).encode()
