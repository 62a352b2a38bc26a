"""What closes a mail and is nobody's words: signatures, telephones' lines, disclaimers."""

import pytest

from mailresponder.mail.closing import is_mobile, without_closing

WORDS = ["The parcel is broken.", "", "Ana García"]


def closed(below: str) -> list[str]:
    return without_closing([*WORDS, "", *below.split("\n")])


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Sent from my iPad.",
        "Sent from my Acme X-100 5G",
        "Sent from my Galaxy, please excuse typos",
        "Sent from my phone. Please excuse brevity.",
        "Sent via mobile",
        "Sent from Outlook for Android",
        "Sent from Mail for Windows",
        "Sent from [Mail](https://go.example.com/x) for Windows 10",
        "Sent from Yahoo Mail. Get the app",
        "Sent with Proton Mail secure email.",
        "(sent from a phone)",
        "*Sent from my mobile device*",
        "Get Outlook for iOS",
        "Get Outlook for iOS<https://aka.example.com/x>",
        "Get [Outlook for Android](https://aka.example.com/x)",
        "From my iPhone",
        "Enviado desde mi iPhone",
        "Enviado desde mi móvil, disculpen las erratas",
        "Enviado desde mi Samsung Galaxy",
        "Enviado desde Yahoo Mail para iPhone",
        "Enviado desde Correo para Windows",
        "Enviado con Proton Mail",
        "Desde mi iPhone",
        "Obtener Outlook para iOS",
        "Obtén Outlook para Android",
        "Libre de virus.www.avast.com",
        "Virus-free.www.avast.com",
        "Von meinem iPhone gesendet",
        "Gesendet von Mail für Windows",
        "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
        "Outlook für iOS beziehen",
        "Envoyé de mon iPhone",
        "Envoyé depuis mon téléphone",
        "Télécharger Outlook pour Android",
        "Inviato da iPhone",
        "Inviato dal mio telefono",
        "Scarica Outlook per iOS",
        "Enviado do meu iPhone",
        "Obter o Outlook para iOS",
        "Verstuurd vanaf mijn iPhone",
        "Verzonden met Outlook voor Android",
        "Skickat från min iPhone",
        "Hämta Outlook för iOS",
        "Sendt fra min iPad",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone'a",
        "Odesláno z iPhonu",
        "Odoslané z iPhonu",
        "Az iPhone-omról küldve",
        "Trimis de pe iPhone",
        "Отправлено с iPhone",
        "Надіслано з iPhone",
        "Poslano s mog iPhonea",
        "iPhone'umdan gönderildi",
        "Στάλθηκε από το iPhone μου",
        "发自我的 iPhone",
        "從我的 iPhone 傳送",
        "iPhoneから送信",
        "나의 iPhone에서 보냄",
        "Enviat des del meu iPhone",
        "Nire iPhonetik bidalita",
    ],
)
def test_lines_of_telephones(line: str) -> None:
    """What a telephone or a mail program adds to advertise itself goes."""
    assert is_mobile(line)
    assert closed(line) == WORDS


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my desk, which is easier than my phone.",
        "I sent the form from my phone.",
        "Sent from my heart. Nobody answers your phone!",
        "How do I get Outlook for my old computer? Yours fails.",
        "Get Outlook for Mac to work with your shop, please: it fails each time I try it.",
        "Enviado desde mi casa el lunes, no ha llegado.",
        "Lo mandé desde mi móvil y no funciona.",
        "Enviado el lunes, y el móvil no ha llegado.",
        "Ana from Madrid",
        "Avast says that your invoice has a virus.",
    ],
)
def test_words_about_telephones(line: str) -> None:
    """Who writes about a telephone keeps the words."""
    assert not is_mobile(line)
    assert closed(line) == [*WORDS, "", line]


def test_in_the_middle_it_stays() -> None:
    """The same line above more words is no closing."""
    lines = ["First.", "", "Sent from my iPhone", "", "Second."]

    assert without_closing(lines) == lines


DISCLAIMERS = [
    (
        "This e-mail and any attachments are confidential and intended solely for the addressee.\n"
        "If you have received it in error, please notify the sender and delete it."
    ),
    (
        "CONFIDENTIALITY NOTICE: The information in this message is privileged and intended only "
        "for the use of the recipient."
    ),
    (
        "AVISO LEGAL: Este mensaje y sus archivos adjuntos van dirigidos exclusivamente a su "
        "destinatario y pueden contener información confidencial. Si lo ha recibido por error, "
        "queda prohibida su divulgación."
    ),
    (
        "Este correo electrónico y sus adjuntos son confidenciales. Si usted no es el "
        "destinatario, queda prohibida su difusión; si lo ha recibido por error, bórrelo."
    ),
    (
        "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Empfänger "
        "sind oder diese E-Mail irrtümlich erhalten haben, informieren Sie bitte den Absender."
    ),
    (
        "Ce message et ses pièces jointes sont confidentiels et destinés à leur seul destinataire. "
        "Toute divulgation est interdite. Si vous l'avez reçu par erreur, détruisez-le."
    ),
    "Please consider the environment before printing this e-mail.",
    "Antes de imprimir este mensaje, piense en el medio ambiente.",
    (
        "You received this message because you are subscribed to the Google Groups group.\n"
        "To unsubscribe, send a mail to list+unsubscribe@example.com."
    ),
]


@pytest.mark.parametrize("paragraph", DISCLAIMERS)
def test_disclaimers(paragraph: str) -> None:
    """A legal or green paragraph at the end goes, also with others and a telephone's line."""
    assert closed(paragraph) == WORDS
    assert closed(f"Sent from my iPhone\n\n{DISCLAIMERS[0]}\n\n{paragraph}") == WORDS


@pytest.mark.parametrize(
    "paragraph",
    [
        "Please treat this message as confidential: nobody may know.",
        "This message is confidential: do not tell my employer that I wrote, they would fire me.",
        "Este mensaje es confidencial: no digan a mi jefe que les escribo, me despediría.",
        (
            "Under section 20 of the Consumer Rights Act the recipient may reject the goods. It is "
            "unlawful to refuse, you are liable, and an error is no excuse."
        ),
        (
            "Según la ley general de consumidores, el destinatario puede desistir y está prohibido "
            "negarlo. Por error o no, ustedes han divulgado datos de un cliente."
        ),
        "Before I print my invoice, consider the environment of my flat: it is wet.",
        "Antes de imprimir mi factura revisen el medio ambiente y el precio.",
    ],
)
def test_customers_speak_of_law(paragraph: str) -> None:
    """Who quotes a law, asks for discretion or mocks a disclaimer keeps the words."""
    assert closed(paragraph) == [*WORDS, "", *paragraph.split("\n")]


def test_disclaimer_in_the_middle_stays() -> None:
    """A customer who asks about a disclaimer quotes it above the question."""
    lines = ["You wrote:", "", *DISCLAIMERS[0].split("\n"), "", "What does it mean?"]

    assert without_closing(lines) == lines


@pytest.mark.parametrize(
    "below",
    [
        "-- \nAna García\nAcme Ltd.\nhttps://example.com",
        "--\nAna García\n+34 600 000 000",
        "—\nAna García",
        "--\nThe team of Acme Inc.",
        "-- \nNobody can tell me that this long sentence of mine is no motto.",
        "_______________________________________________\nusers mailing list\nusers@example.com",
    ],
)
def test_signatures(below: str) -> None:
    """From a separator on it is a signature; a mailing list's lines below a rule go as well."""
    assert closed(below) == WORDS


@pytest.mark.parametrize(
    "below",
    [
        "--\nNothing has arrived and I want my money back as soon as you can.",
        "--\nNo me ha llegado nada y quiero que me devuelvan el dinero cuanto antes.",
        "--\nNo ha llegado.",
        "--\nWhere is it?",
        "-----\nSecond part.",
        "_____\nSecond part.",
        "- one\n- two",
    ],
)
def test_a_line_of_dashes_is_no_signature(below: str) -> None:
    """Who draws a line and goes on with a sentence, or lists things, keeps them."""
    assert closed(below) == [*WORDS, "", *below.split("\n")]


@pytest.mark.parametrize(
    "notice",
    [
        "Este mensaje es confidencial. Si lo ha recibido por error, le rogamos que lo borre.",
        "This e-mail is confidential. If you have received it in error, delete it.",
    ],
)
def test_short_notices(notice: str) -> None:
    """A short paragraph about a mail received in error is a notice, as nobody writes so."""
    assert without_closing(["It broke.", "", notice]) == ["It broke."]
