"""Bytes whose charset nobody names: Western text stays Western, other scripts are found."""

import pytest

from mailresponder.mail.charsets import decode
from mailresponder.mail.detection import guess

WESTERN = (
    # Spanish
    *("¿Dónde está mi pedido?", "Reclamación", "Envío dañado", "Mañana", "señor", "AÑO", "ACCIÓN"),
    *("¡Esto es inaceptable!", "niño, pequeña", "CONTRASEÑA OLVIDADA", "el 3.º y la 4ª planta"),
    *("El precio es de 25 €", "me llamo Íñigo Núñez", "ÑOÑO", "él", "¿¡Qué!?", "año «nuevo»"),
    *("EL CAMIÓN LLEGÓ TARDE", "me enseñó la avería", "Hola¿que tal?", "Devolución nº 12"),
    # English
    *("café", "naïve", "It’s broken", "“Unacceptable”", "£20 refund please", "Costs €30 – no!"),
    *("Hello—where’s my parcel?", "100° oven", "© 2026 Acme", "Acme™ kettle", "a “d”word", "½ off"),
    # German
    *(
        "Grüße",
        "Rückgabe",
        "Straße",
        "SCHÖNE GRÜSSE",
        "Ärger",
        "Öl",
        "„Unmöglich“",
        "ä",
        "äöü ÄÖÜ ß",
    ),
    *("für 20 €", "Frau Jürgens, Düsseldorf", "Kündigung möglich?", "ÄÖÜ", "Überweisung zurück"),
    # French
    *("où est ma commande", "déçu", "été", "à", "Noël", "œuvre", "ÉTÉ", "C’est inadmissible"),
    *("cœur", "où êtes-vous ?", "« bonjour »", "l’hôtel", "ÇA NE MARCHE PAS", "créée", "Être"),
    # their neighbours
    *("Não recebi a encomenda", "informações", "Perché non è arrivato?", "Però così non va"),
    *("Jag har inte fått min beställning", "Jeg har ikke fået min ordre på ærø", "één", "això"),
    *("Hyvää päivää", "Góðan daginn, pöntunin mín er ekki komin þótt ég hafi beðið"),
)
OTHERS = {
    "cp932": (
        "注文した商品がまだ届きません。",
        "キャンセルお願いします",
        "パスワードを忘れてしまいログインできません。",
    ),
    "euc_jp": (
        "注文した商品がまだ届きません。",
        "キャンセルお願いします",
        "返品したいのですが、どうすればよいですか？",
    ),
    "gb18030": ("我的订单还没有到，请问什么时候发货？", "请退款", "密码忘了，无法登录"),
    "big5": ("我的訂單還沒有到，請問什麼時候出貨？", "請退款", "密碼忘了，無法登入"),
    "cp949": ("주문한 상품이 아직 도착하지 않았습니다.", "환불 부탁드립니다", "김철수"),
    "koi8_r": ("Мой заказ до сих пор не пришёл.", "Верните деньги", "Жалоба", "ТЕСТ"),
    "cp1251": ("Мой заказ до сих пор не пришёл.", "Верните деньги", "Жалоба", "ТЕСТ"),
    "cp1253": ("Η παραγγελία μου δεν έχει φτάσει ακόμα.", "Παράπονο"),
    "cp1254": ("Şifremi unuttum, giriş yapamıyorum.",),
    "cp1255": ("ההזמנה שלי עדיין לא הגיעה.", "אני מבקש החזר כספי"),
    "cp1256": ("طلبي لم يصل حتى الآن.", "أريد استرداد المبلغ"),
    "iso8859_2": ("Nie mogę się zalogować, zapomniałem hasła.", "Stížnost na zboží"),
    "cp1250": ("Nie mogę się zalogować, zapomniałem hasła.",),
}


@pytest.mark.parametrize("text", WESTERN)
def test_western_text_stays_western(text: str) -> None:
    """A customer's one accented letter is never taken for another script."""
    data = text.encode("cp1252")
    assert decode(data, weigh=True) == text
    assert decode(data, "iso-8859-1", weigh=True) == text
    assert decode(data, "us-ascii", weigh=True) == text


@pytest.mark.parametrize(
    ("charset", "text"), [(charset, text) for charset, texts in OTHERS.items() for text in texts]
)
def test_other_scripts_are_found(charset: str, text: str) -> None:
    """A short text in another script is read whether the charset is missing or unknown."""
    data = text.encode(charset)
    assert decode(data, weigh=True) == text
    assert decode(data, "x-unknown", weigh=True) == text
    assert decode(data, "us-ascii", weigh=True) == text


@pytest.mark.parametrize("charset", ["cp932", "gb18030", "koi8_r", "cp1251", "cp949"])
def test_latin_1_that_lies(charset: str) -> None:
    """What calls itself Latin-1, as many programs do unasked, is believed only if it can be so."""
    text = OTHERS[charset][0]
    assert decode(text.encode(charset), "iso-8859-1", weigh=True) == text


def test_long_text_is_sampled_where_it_is_not_ascii() -> None:
    """The one foreign sentence below a page of markup decides."""
    data = b"<p>markup</p>\n" * 2_000 + "Мой заказ до сих пор не пришёл.".encode("koi8-r")
    assert guess(data) == "koi8-r"


def test_nothing_to_weigh() -> None:
    """ASCII and nothing at all are Western."""
    assert guess(b"") is None
    assert guess(b"plain") is None


def test_ornaments() -> None:
    """A row of signs that are no letters in any charset is an ornament."""
    assert guess("\u00b7\u00b8\u00b8\u00b7\u00b4\u00af`\u00b7\u00b8".encode("cp1252")) is None
