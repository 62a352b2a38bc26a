"""Declared charsets that lie, and names that mail programs have made up."""

import pytest

from mailresponder.mail.charsets import decode, is_known, settle, undoubled


@pytest.mark.parametrize(
    ("declared", "data", "expected"),
    [
        ("iso-gb2312", "中文".encode("gb18030"), "中文"),
        ("x-sjis", "日本".encode("cp932"), "日本"),
        ("windows-31j", "①日本".encode("cp932"), "①日本"),
        ("ks_c_5601-1987", "스티해".encode("cp949"), "스티해"),
        ("x-x-big5", "中文".encode("big5"), "中文"),
        ("utf8mb4", "año".encode(), "año"),
        ("_iso-2022-jp$ESC", "日本".encode("iso2022_jp"), "日本"),
        ("win-1251", "Жалоба".encode("cp1251"), "Жалоба"),
        ("iso8859_15", "5 €".encode("iso8859-15"), "5 €"),
        ("iso-8859-8-i", "שלום".encode("iso8859-8"), "שלום"),
        ("x-mac-roman", "año".encode("mac_roman"), "año"),
        ("unicode-1-1-utf-7", b"+AOk-t+AOk-", "été"),
    ],
)
def test_names_as_found_in_mail(declared: str, data: bytes, expected: str) -> None:
    """Misspelled and invented names of known charsets are understood."""
    assert is_known(declared)
    assert decode(data, declared) == expected


@pytest.mark.parametrize("declared", ["", "3D", "X-UNKNOWN", "none", "utf-80", "?", "base64"])
def test_unknown_names(declared: str) -> None:
    """What names no charset is not mistaken for one that looks like it."""
    assert not is_known(declared)


@pytest.mark.parametrize(
    ("declared", "data", "expected"),
    [
        # Cut in two at the end: not downloaded whole.
        ("utf-8", "señal ñ".encode()[:-1], "señal "),
        ("shift_jis", "日本".encode("cp932")[:-1], "日"),
        ("gb2312", "中文".encode("gb18030")[:-1], "中"),
        ("utf-16", "hola ñ".encode("utf-16")[:-1], "hola "),
        # Another charset than the declared one.
        ("utf-16", b"plain after all", "plain after all"),
        ("utf-16", "año".encode("utf-16-be"), "año"),
        ("shift_jis", "日本語です".encode("euc_jp"), "日本語です"),
        ("iso-2022-jp", "日本語です".encode("cp932"), "日本語です"),
        ("koi8-r", "Жалоба".encode(), "Жалоба"),
        ("windows-1251", "Жалоба".encode(), "Жалоба"),
        ("gb2312", "我的订单还没有到".encode(), "我的订单还没有到"),
        ("gb2312", "La señal está mal, ¿qué hago?".encode("latin-1"), None),
        ("utf-7", b"Informaci\xf3n", "Información"),
        # Mostly UTF-8, with what a gateway added.
        ("shift_jis", "señal ñandú".encode() + b" adi\xf3s!", "señal ñandú adiós!"),
        ("utf-8", "señal ñandú".encode() + b" adi\xf3s", "señal ñandú adiós"),
        ("x-none", "äöü - 差出人".encode() + b" - \xe4\xf6\xfc - \xe9", "äöü - 差出人 - äöü - é"),
        # Vendors' signs in a standard that has none (NEC's circled digits).
        ("iso-2022-jp", b"\x1b$B-!\x1b(B1\x1b$BET\x1b(B", "①1都"),
        ("iso-2022-jp", b"\x1b(I1\x1b(B\x1b$B-!\x1b(B", "ｱ①"),
        ("utf-8", "\ufeffaño".encode(), "año"),
    ],
)
def test_bytes_that_do_not_fit(declared: str, data: bytes, expected: str | None) -> None:
    """The reader gets the words although the bytes are cut or in another charset."""
    found = decode(data, declared, weigh=True)
    assert found == (expected or data.decode("cp1252"))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("La lÃ¡mpara que comprÃ© no enciende", "La lámpara que compré no enciende"),
        ("Itâ€™s broken â€œagainâ€\x9d", "It’s broken “again”"),
        ("ReclamaciÃ³n", "Reclamación"),
        ("SeÃ±al Ã\xa0 medias", "Señal à medias"),
        # Right as it is, or not surely wrong.
        ("La lámpara que compré", "La lámpara que compré"),
        ("São João, FÃ", "São João, FÃ"),
        ("I see Ã© in your mail, señor Núñez: ¿qué es?", None),
        ("plain", "plain"),
    ],
)
def test_encoded_twice(given: str, expected: str | None) -> None:
    """Text that went through UTF-8 twice is made right, and no other text is touched."""
    assert undoubled(given) == (given if expected is None else expected)


@pytest.mark.parametrize("text", ["CAFÉ®", "está «AQUÍ»", "PERÚ®, PERÚ®", "Viel Spaß»", "«Él»"])
@pytest.mark.parametrize("declared", [None, "iso-8859-1", "us-ascii", "none"])
def test_latin_1_that_is_utf8_by_accident(text: str, declared: str | None) -> None:
    """A capital before a mark is not taken for a letter of another script."""
    assert decode(text.encode("cp1252"), declared, weigh=True) == text


def test_latin_1_that_is_mostly_utf8() -> None:
    """UTF-8 that calls itself Latin-1 is UTF-8 also with a fault in it."""
    data = "La lámpara que compré".encode() + b" se rompi\xf3."
    assert decode(data, "iso-8859-1") == "La lámpara que compré se rompió."


def test_headers_in_the_charset_that_fits() -> None:
    """Of a declared charset and what the bytes look like, the one that can be true wins."""
    assert settle("Жалоба".encode("koi8-r"), "koi8-r") == "koi8-r"
    assert settle("注文した商品".encode("cp932"), "us-ascii") == "cp932"
    assert settle("Reclamación".encode("latin-1"), "utf-8") is None
