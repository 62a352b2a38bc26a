"""Automatic replies in the usual languages, and the people who write about holidays."""

import pytest

from mailresponder.mail.wording.absence import (
    is_out_of_office,
    is_responder_subject,
    resembles_absence,
)

RESPONDERS = [
    *("Automatic reply: Order", "Auto-Reply: Order", "AutoReply: Order", "Autoreply - Order"),
    *("Automated response: Order", "Respuesta automática: Pedido", "Resposta automàtica: Comanda"),
    *("Erantzun automatikoa: Eskaera", "Resposta automática: Pedido", "Réponse automatique : x"),
    *("Automatische Antwort: Frage", "Risposta automatica: Ordine", "Automatisch antwoord: x"),
    *("Automatiskt svar: Order", "Automatisk svar: Ordre", "Autosvar: Ordre"),
    *("Automaattinen vastaus: Tilaus", "Odpowiedź automatyczna: x", "Automatická odpověď: x"),
    *("Automatická odpoveď: x", "Automatikus válasz: x", "Răspuns automat: x"),
    *("Автоматический ответ: заказ", "Автоматична відповідь: x", "Otomatik yanıt: x"),
    *("Αυτόματη απάντηση: x", "自动回复: 订单", "自動応答: 注文", "자동 회신: 주문"),
    *("תשובה אוטומטית: הזמנה", "رد تلقائي: طلب", "[EXTERNAL] Automatic reply: Order"),
]
ABSENCES = [
    *("Out of Office: Order", "Out of office", "Fuera de la oficina: Pedido", "Fora de l'oficina"),
    *("Abwesenheitsnotiz: Frage", "Absence du bureau : x", "Fuori ufficio: x", "Afwezig: x"),
    *("Frånvaro: x", "Fravær: x", "Ikke til stede: x", "Poissa toimistosta: x"),
    *("Nieobecność: x", "Mimo kancelář: x", "Házon kívül: x", "Вне офиса: x", "不在: x"),
    *("Out of Office Re: Order", "Ana Gil is out of the office (returning 05/05/2026)"),
    *("AUTO: Ana Gil is out of the office until 5 May", "Ana Gil está fuera de la oficina"),
    *("부재 중: x", "מחוץ למשרד: x", "خارج المكتب: x", "Εκτός γραφείου: x", "Ofis dışında: x"),
]
NOTES = [
    "Hello,\nI am out of the office until Friday with limited access to mail.",
    "Thank you for your message. I am on annual leave. For urgent matters, please call Bob.",
    "Hola:\nEstaré fuera de la oficina hasta el lunes. Si es urgente, llame a Ana.",
    "Gracias por su mensaje. Estoy de vacaciones. Le responderé a mi regreso el día 5.",
    "Bon dia,\nEstic de vacances fins al dia 3. En cas urgent, truqueu al despatx. Respondré.",
    "Guten Tag,\nich bin bis zum 5. Mai im Urlaub. In dringenden Fällen hilft Frau Maier.",
    "Bonjour,\nJe suis absent du bureau. En cas d'urgence, appelez Marie.",
    "Buongiorno,\nsono fuori ufficio. Per urgenze chiamate Luca.",
    "Olá,\nEstou de férias. Para assuntos urgentes contacte o Rui.",
    "Beste,\nIk ben met vakantie. Bij spoed kunt u Jan bellen.",
    "Hej,\nJag är på semester. Vid brådskande ärenden ring Eva.",
    "Dzień dobry,\njestem na urlopie. W pilnych sprawach proszę dzwonić do Ewy.",
    "Dobrý den,\njsem na dovolené. V naléhavých případech volejte Evu.",
    "Я сейчас в отпуске. По срочным вопросам звоните Ивану.",
    "現在、休暇をいただいております。お急ぎの場合は山田まで。",
]


@pytest.mark.parametrize("subject", RESPONDERS)
def test_responders(subject: str) -> None:
    """A responder's subject is known in every language, and counts in a thread."""
    assert is_responder_subject(subject)
    assert is_out_of_office(subject, "", prompted=True)
    assert not is_out_of_office(subject, "Where is it?", prompted=False)


@pytest.mark.parametrize("subject", ABSENCES)
def test_absences(subject: str) -> None:
    """A subject that says absent counts in a thread, and alone it does not."""
    assert is_out_of_office(subject, "", prompted=True)
    assert not is_out_of_office(subject, "Where is it?", prompted=False)


@pytest.mark.parametrize("text", NOTES)
def test_notes(text: str) -> None:
    """In a thread, a short note that says absent and what to do meanwhile needs no subject; outside
    of one a person may have written it."""
    assert is_out_of_office("Re: Order", text, prompted=True)
    assert not is_out_of_office("Re: Order", text, prompted=False)
    assert not is_out_of_office("Re: Order", f"{text} Where is my order?", prompted=True)
    assert not is_out_of_office("Re: Order", text + " It broke again." * 70, prompted=True)


@pytest.mark.parametrize(
    ("subject", "text", "expected"),
    [
        ("Vacation", "I am on vacation until May. I will reply when I return.", True),
        ("Vacaciones", "Estoy de vacaciones. Responderé a mi vuelta.", True),
        ("Urlaub", "Ich bin im Urlaub. In dringenden Fällen hilft Frau Maier.", True),
        ("Vacation", "I am on vacation until May, so I need the refund now.", False),
        ("Vacation", "I am on vacation until May.", False),
        ("Vacaciones", "Estoy de vacaciones y el hotel está cerrado.", False),
        ("My driver is out of office hours again", "I am on leave.", False),
        ("Vacations in May: price", "I will reply to your offer on my return.", False),
    ],
)
def test_leave(subject: str, text: str, *, expected: bool) -> None:
    """People write about holidays too: that subject counts only before a whole note of absence."""
    assert is_out_of_office(subject, text, prompted=True) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am out of the office until 5 May.", True),
        ("I am on leave until 5 May.\n\nKind regards\nBob", True),
        ("Estoy de vacaciones hasta el 5 de mayo.", True),
        ("Je suis en congés jusqu'au 5 mai.", True),
        ("Thank you for your email. I am out of office and will be back on Tuesday.", True),
        ("Thank you for your email. I am on leave. Did you send my order?", False),
        ("I am on leave until 5 May. The alarm rings every night.", False),
        ("I am on leave until 5 May and the alarm rings.", False),
        ("Estoy de vacaciones hasta el 5, mándenlo después.", False),
        ("I am on leave until 5 May!!! Still no answer!", False),
    ],
)
def test_resembling(text: str, *, expected: bool) -> None:
    """Who says only that they are away may be a program; who says more is a person."""
    assert resembles_absence("Order", text) is expected


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Out of office", "I am out of office on Tuesday, come on Wednesday."),
        ("Ausente", "Estaré fuera el martes. Dejen el paquete con el portero."),
        ("Absence", "Je serai absent mardi, merci de passer mercredi."),
        ("Abwesend", "Ich bin am Dienstag nicht im Haus, kommen Sie am Mittwoch."),
        ("Delivery", "I will be away until Monday. In my absence please contact my husband Bob."),
        ("Visita", "Estoy de viaje y he perdido la tarjeta. Si es urgente llamen a mi marido."),
    ],
)
def test_who_tells_us_when_they_are_away_is_a_person(subject: str, text: str) -> None:
    """Absence as the subject of a mail of one's own takes away nobody's ticket."""
    assert not is_out_of_office(subject, text, prompted=False)
