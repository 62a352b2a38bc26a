"""What stands above a quoted mail, in the languages and programs that a desk meets."""

import textwrap

import pytest

from mailresponder.mail.headings import attribution, is_header_block, unglued

ATTRIBUTIONS = [
    "El El lun, 2 de nov de 2026 a la(s) 9:00 a.m., Acme Support <s@example.com> escribió:",
    "On Mon, Nov 2, 2026 at 9:00 AM Acme <s@example.com> wrote:",
    "On 2 Nov 2026, at 09:00, Acme <s@example.com> wrote:",
    "On 02/11/2026 09:00, Acme wrote:",
    "On 11/2/26 9:00 AM, Acme Support wrote:",
    "On Monday, November 2, 2026, Acme <s@example.com> wrote:",
    "On Monday, November 2, 2026 at 09:00:00 AM GMT+1, Acme <s@example.com> wrote:",
    'On Nov 2, 2026 9:00 AM, "Acme" <s@example.com> wrote:',
    "On Nov 2, 2026, at 9:00 AM, s@example.com wrote:",
    "On Nov 2, 2026 9:00 AM, Acme <s@example.com> wrote:",
    "On 2026-11-02 09:00, Acme wrote:",
    "Acme <s@example.com> wrote on 02.11.2026 09:00:",
    "El lun, 2 nov 2026 a las 9:00, Acme (<s@example.com>) escribió:",
    "El lun., 2 nov. 2026 a la(s) 09:00, Acme (s@example.com) escribió:",
    "El 2 nov 2026, a las 9:00, Acme <s@example.com> escribió:",
    "El 2/11/26 a las 9:00, Acme escribió:",
    "El 2 de noviembre de 2026 9:00:00 CET, Acme <s@example.com> escribió:",
    "El lunes, 2 de noviembre de 2026, 09:00:00 CET, Acme <s@example.com> escribió:",
    "El lun, 02-11-2026 a las 09:00 +0100, Acme escribió:",
    "Acme <s@example.com> escribió el lun, 2 nov 2026 a las 9:00:",
    "2026-11-02 9:00 GMT+01:00 Acme <s@example.com>:",
    "Le lun. 2 nov. 2026 à 09:00, Acme <s@example.com> a écrit :",
    "Le 02/11/2026 à 09:00, Acme a écrit :",
    "Le 2 nov. 2026 à 09:00, Acme <s@example.com> a écrit :",
    "Am Mo., 2. Nov. 2026 um 09:00 Uhr schrieb Acme <s@example.com>:",
    "Am 02.11.2026 um 09:00 schrieb Acme:",
    "Am 02.11.26 um 09:00 schrieb Acme <s@example.com>:",
    "Am Montag, den 02.11.2026, 09:00 +0100 schrieb Acme:",
    "Acme <s@example.com> schrieb am Mo., 2. Nov. 2026, 09:00:",
    "Il giorno lun 2 nov 2026 alle ore 09:00 Acme <s@example.com> ha scritto:",
    "Il 02/11/26 09:00, Acme ha scritto:",
    "Il 2 nov 2026, alle ore 09:00, Acme <s@example.com> ha scritto:",
    "Em seg., 2 de nov. de 2026 às 09:00, Acme <s@example.com> escreveu:",
    "Em 02/11/2026 09:00, Acme escreveu:",
    "No dia 2 de nov. de 2026, às 09:00, Acme <s@example.com> escreveu:",
    "A segunda, 2/11/2026, 09:00, Acme <s@example.com> escreveu:",
    "Às 09:00 de 02/11/2026, Acme escreveu:",
    "Op ma 2 nov. 2026 om 09:00 schreef Acme <s@example.com>:",
    "Op 02-11-2026 om 09:00 schreef Acme:",
    "Op 2 nov. 2026, om 09:00 heeft Acme <s@example.com> het volgende geschreven:",
    "Den mån 2 nov. 2026 kl 09:00 skrev Acme <s@example.com>:",
    "Den 2026-11-02 kl. 09:00, skrev Acme:",
    "2 nov. 2026 kl. 09:00 skrev Acme <s@example.com>:",
    "Den man. 2. nov. 2026 kl. 09.00 skrev Acme <s@example.com>:",
    "Den 02-11-2026 kl. 09:00 skrev Acme:",
    "man. 2. nov. 2026 kl. 09:00 skrev Acme <s@example.com>:",
    "På 2. november 2026 på 09:00:18, Acme (s@example.com) skrev:",
    "ma 2. marrask. 2026 klo 9.00 Acme (s@example.com) kirjoitti:",
    "Acme <s@example.com> kirjoitti 2.11.2026 kello 9.00:",
    "Acme kirjoitti 2.11.2026 klo 9.00:",
    "pon., 2 lis 2026 o 09:00 Acme <s@example.com> napisał(a):",
    "W dniu 2.11.2026 o 09:00, Acme pisze:",
    "W dniu pon., 2.11.2026 o 09:00 Acme <s@example.com> napisał(a):",
    "Dnia 2 listopada 2026 09:00 Acme <s@example.com> napisał(a):",
    "Wiadomość napisana przez Acme <s@example.com> w dniu 2 lis 2026, o godz. 09:00:",
    "po 2. 11. 2026 v 9:00 odesílatel Acme <s@example.com> napsal:",
    "Dne 02. 11. 26 v 9:00 Acme napsal(a):",
    "po 2. 11. 2026 o 9:00 Acme <s@example.com> napísal(a):",
    "Dňa 2. 11. 2026 o 9:00 Acme napísal(a):",
    "Acme <s@example.com> ezt írta (időpont: 2026. nov. 2., H, 9:00):",
    "2026. 11. 02. 9:00 keltezéssel, Acme írta:",
    "În lun., 2 nov. 2026 la 09:00, Acme <s@example.com> a scris:",
    "Pe 02.11.2026 09:00, Acme a scris:",
    "пн, 2 нояб. 2026 г. в 09:00, Acme <s@example.com>:",
    "2 ноября 2026 г., в 9:00, Acme <s@example.com> написал(а):",
    "02.11.2026 9:00, Acme пишет:",
    "Понедельник, 2 ноября 2026, 9:00 +03:00 от Acme <s@example.com>:",
    '02.11.2026, 09:00, "Acme" <s@example.com>:',
    "пн, 2 лист. 2026 р. о 09:00 Acme <s@example.com> пише:",
    '2 листопада 2026, 09:00:00, від "Acme" <s@example.com>:',
    "pon, 2. stu 2026. u 09:00 Acme <s@example.com> napisao je:",
    "Dana 02.11.2026. u 9:00, Acme je napisao/la:",
    "V pon., 2. nov. 2026 ob 09:00 je oseba Acme <s@example.com> napisala:",
    "Acme <s@example.com>, 2 Kas 2026 Pzt, 09:00 tarihinde şunu yazdı:",
    "02.11.2026 09:00 tarihinde Acme yazdı:",
    "Στις Δευ 2 Νοε 2026 στις 9:00 π.μ., ο χρήστης Acme <s@example.com> έγραψε:",
    "Στις 02/11/2026 9:00 π.μ., ο Acme έγραψε:",
    "На пн, 2.11.2026 г. в 9:00 Acme <s@example.com> написа:",
    "Acme <s@example.com> 于2026年11月2日周一 09:00写道：",
    "在 2026/11/2 9:00, Acme 写道:",
    '在 2026-11-02 09:00:00，"Acme" <s@example.com> 写道：',
    "Acme <s@example.com> 於 2026年11月2日 週一 上午9:00寫道：",
    "2026年11月2日(月) 9:00 Acme <s@example.com>:",
    "2026/11/02 9:00、Acme <s@example.com>のメール:",
    "2026년 11월 2일 (월) 오전 9:00, Acme <s@example.com>님이 작성:",
    "2026. 11. 2. 09:00, Acme 작성:",
    "El dl., 2 de nov. 2026, 9:00, Acme <s@example.com> va escriure:",
    "Missatge de Acme <s@example.com> del dia dl., 2 de nov. 2026 a les 9:00:",
    "Acme erabiltzaileak (<s@example.com>) hau idatzi du (2026 aza. 2, al. (09:00)):",
    "O luns, 2 de nov. de 2026 ás 09:00, Acme (<s@example.com>) escribiu:",
    "Acme (<s@example.com>) kirjutas kuupäeval E, 2. november 2026 kell 09:00:",
    "pirmd., 2026. g. 2. nov., plkst. 09:00 — lietotājs Acme <s@example.com> rakstīja:",
    "2026-11-02, pr, 09:00 Acme <s@example.com> rašė:",
    (
        "\u202bבתאריך יום ב׳, 2 בנוב׳ 2026 ב-9:00 מאת \u202aAcme\u202c\u200f "
        "<\u202as@example.com\u202c\u200f>:\u202c"
    ),
    "في الاثنين، 2 نوفمبر 2026 في 9:00 ص تمت كتابة ما يلي بواسطة Acme <s@example.com>:",
    "Vào Th 2, 2 thg 11, 2026 vào lúc 09:00 Acme <s@example.com> đã viết:",
    "Pada tanggal Sen, 2 Nov 2026 pukul 09.00 Acme <s@example.com> menulis:",
    "---- On Mon, 02 Nov 2026 09:00:00 +0100 Acme <s@example.com> wrote ----",
    "---- El lun, 02 nov 2026 09:00:00 +0100 Acme <s@example.com> escribió ----",
    "-----Acme/Madrid wrote: -----",
    "---- Acme Support wrote ----",
    "---- Acme escribió ----",
    "Sent from Samsung Mobile Acme <s@example.com> wrote:",
    "Quoting Acme <s@example.com>:",
    "Zitat von Acme <s@example.com>:",
    "Acme <s@example.com> wrote:",
    "Acme <s@example.com> escribió:",
]
WIDTHS = (None, 60, 45)


@pytest.mark.parametrize("line", ATTRIBUTIONS)
@pytest.mark.parametrize("below", ["> Hello", "Hello"], ids=["quoted", "bare"])
def test_attributions(line: str, below: str) -> None:
    """Who wrote when is recognised in any language, on one line or wrapped, marks below or not."""
    for width in WIDTHS:
        wrapped = [line] if width is None else textwrap.wrap(line, width, break_on_hyphens=False)

        assert attribution(["Words.", "", *wrapped, "", below], 2) == len(wrapped)


@pytest.mark.parametrize(
    ("line", "below"),
    [
        ("Acme wrote:", "> Hello"),
        ("Acme escribió:", "> Hola"),
        ("2026/11/2 Acme <s@example.com>", "> Hello"),
        ("ในวันที่ จ. 2 พ.ย. 2026 เวลา 09:00 Acme <s@example.com> เขียนว่า:", "> Hello"),
    ],
)
def test_attributions_with_a_quote_below(line: str, below: str) -> None:
    """Where marks follow, less is enough."""
    assert attribution([line, "", below], 0) == 1


def test_address_on_lines_of_its_own() -> None:
    """A converter may put `<`, the address and `> wrote:` below each other, even after a blank."""
    lines = [
        "On Mon, 2 Nov 2026 at 9:00 Acme",
        "",
        "<",
        "mailto:s@example.com",
        "> wrote:",
        "",
        "x",
    ]

    assert attribution(lines, 0) == 5


def test_quoted_text_behind_the_colon() -> None:
    """Yahoo's program for telephones goes on with the quoted text on the same line."""
    line = "On Mon, Nov 2, 2026 at 9:00 AM, Acme<s@example.com> wrote:   Hello,"

    assert attribution([line, "there"], 0) == 1


@pytest.mark.parametrize(
    "text",
    [
        "On Monday you wrote:\nit is on its way.",
        "On 3 May 2026 at 9:00 you wrote:\nit is on its way.",
        "On 3 May 2026 at 9:00 your colleague wrote:\nit is on its way.",
        "On 3 May 2026 at 9:00 the driver wrote:\nI was there.",
        "On 3 May 2026 at 9:00 I got this from <s@example.com>:\nit is there.",
        "El lunes me escribieron:\nva de camino.",
        "El 3 de mayo de 2026 a las 9:00 me escribió:\nva de camino.",
        "El 3/5/2026 a las 9:00 su compañera escribió:\nva de camino.",
        "El 3/5/2026 a las 9:00 el repartidor escribió:\nestuve allí.",
        "El 3/5/2026 a las 9:00 recibí esto de <s@example.com>:\nestá.",
        "El pedido del 3/5/2026:\nuna taza",
        "El 3/5/2026 a las 9:00 mi hermana escribió a s@example.com:\nno llega.",
        "On 3 May 2026 at 9:00 I wrote to Acme <s@example.com>:\nwhere is it?",
        "On 3 May 2026 at 9:00 my sister wrote to s@example.com:\nwhere is it?",
        "I sent this to s@example.com on 2 Nov 2026:\n> where is it?",
        "This is what the driver said:\n> I was there.",
        "Esto es lo que nos ha escrito:\n> estuve allí.",
        "Acme wrote:\n\nwe refund.",
        "Acme escribió:\n\ndevolvemos.",
        "2026-05-04 9:00 paid to shop <shop@example.com>\n2026-05-09 nothing came",
        "12 items are missing.\nOn Mon, Nov 2, 2026 at 9:00 AM Acme <s@example.com> wrote:\n> x",
        "Write to ana@example.com\nOn Mon, Nov 2, 2026 at 9:00 AM Acme wrote:\n> x",
    ],
)
def test_what_a_customer_tells_is_none(text: str) -> None:
    """Somebody's own account of who wrote when is no attribution, nor a line above one."""
    assert attribution(text.split("\n"), 0) == 0


def test_own_words_before_an_attribution() -> None:
    """Where a program lost the line's end, the words before the attribution are not its part."""
    line = "It broke. On Mon, Nov 2, 2026 at 9:00 AM Acme <s@example.com> wrote:"

    assert unglued(line) == ["It broke.", line[10:]]
    assert unglued("El El lun, 2 nov 2026 a las 9:00, Acme escribió:") == [
        "El El lun, 2 nov 2026 a las 9:00, Acme escribió:"
    ]
    assert unglued("It broke. On Monday I wrote to you:") == ["It broke. On Monday I wrote to you:"]


BLOCKS = [
    "From: Acme\nSent: Monday\nTo: Ana\nSubject: x",
    "*From:* Acme\n*Sent:* Monday\n*To:* Ana\n*Subject:* x",
    "  *From:* Acme [mailto:\n  s@example.com]\n  *Sent:* Monday\n  *To:* Ana\n  *Subject:* x",
    "De: Acme\nEnviado el: lunes, 2 de noviembre de 2026 9:00\nPara: Ana\nAsunto: x",
    "De: Acme <s@example.com>\nFecha: lunes, 2 de noviembre de 2026, 9:00\nPara: Ana\nAsunto: x",
    " De : Acme <s@example.com>\n À : Ana\n Envoyé le : Lundi 2 novembre 2026 9h00\n Objet : x",
    "Von: Acme\nGesendet: Montag, 2. November 2026 09:00\nAn: Ana\nBetreff: x",
    "Da: Acme\nInviato: lunedì 2 novembre 2026 09:00\nA: Ana\nOggetto: x",
    "De: Acme\nEnviada em: segunda-feira, 2 de novembro de 2026 09:00\nPara: Ana\nAssunto: x",
    "Van: Acme\nVerzonden: maandag 2 november 2026 09:00\nAan: Ana\nOnderwerp: x",
    "Från: Acme\nSkickat: den 2 november 2026 09:00\nTill: Ana\nÄmne: x",
    "Fra: Acme\nSendt: 2. november 2026 09:00\nTil: Ana\nEmne: x",
    "Lähettäjä: Acme\nLähetetty: maanantai 2. marraskuuta 2026 9.00\nVastaanottaja: A\nAihe: x",
    "Od: Acme\nWysłano: poniedziałek, 2 listopada 2026 09:00\nDo: Ana\nTemat: x",
    "Od: Acme\nOdesláno: pondělí 2. listopadu 2026 9:00\nKomu: Ana\nPředmět: x",
    "Od: Acme\nOdoslané: pondelok 2. novembra 2026 9:00\nKomu: Ana\nPredmet: x",
    "Feladó: Acme\nElküldve: 2026. november 2., hétfő 9:00\nCímzett: Ana\nTárgy: x",
    "De la: Acme\nTrimis: luni, 2 noiembrie 2026 09:00\nCătre: Ana\nSubiect: x",
    "От: Acme\nОтправлено: 2 ноября 2026 г. 9:00\nКому: Ana\nТема: x",
    "Від: Acme\nНадіслано: 2 листопада 2026 р. 9:00\nКому: Ana\nТема: x",
    "Šalje: Acme\nPoslano: 2. studenoga 2026. 9:00\nPrima: Ana\nPredmet: x",
    "Kimden: Acme\nGönderildi: 2 Kasım 2026 Pazartesi 09:00\nKime: Ana\nKonu: x",
    "Από: Acme\nΣτάλθηκε: Δευτέρα, 2 Νοεμβρίου 2026 9:00\nΠρος: Ana\nΘέμα: x",
    "发件人: Acme\n发送时间: 2026年11月2日 9:00\n收件人: Ana\n主题: x",
    "差出人：Acme\n送信日時：2026年11月2日 9:00\n宛先：Ana\n件名：x",
    "보낸 사람: Acme\n보낸 날짜: 2026년 11월 2일 9:00\n받는 사람: Ana\n제목: x",
    "De: Acme\nEnviat: dilluns, 2 de novembre de 2026 9:00\nPer a: Ana\nAssumpte: x",
    "Nork: Acme\nBidalia: 2026(e)ko azaroak 2 9:00\nNori: Ana\nGaia: x",
    "Date: Mon, 2 Nov 2026 09:00:00 +0100\nFrom: s@example.com\nTo: a@example.com\nSubject: x",
    "From: s@example.com\nDate: Mon, 2 Nov 2026 09:00:00 +0100",
    "Date: Mon, 2 Nov 2026 09:00:00 +0100\nTo: a@example.com",
]


@pytest.mark.parametrize("block", BLOCKS)
def test_header_blocks(block: str) -> None:
    """The fields above a quoted mail are recognised in every language Outlook speaks."""
    assert is_header_block([*block.split("\n"), "", "Hello"], 0)


@pytest.mark.parametrize(
    "block",
    [
        "From: Madrid\nTo: Lisbon\nDate: Friday",
        "From: Madrid\nTo: Lisbon\nDate: 3 May 2026 10:30",
        "De: Madrid\nPara: Lisboa\nFecha: 3 de mayo de 2026 10:30",
        "De: Madrid\nA: Lisboa\nFecha: viernes\nAsunto: devolución",
        "To: Calle Mayor 3\nDate: 3/5/2026\nPhone: 600 000 000",
        "Name: Ana\nEmail: ana@example.com\nDate: 2026-05-03 10:00\nOrder: 55",
        "Para: la dirección\nAsunto: queja",
        "Para: s@example.com\nAsunto: queja\nFecha: 3/5/2026 9:00",
        "From: 9:00\nTo: 17:00\nDate: 2026-05-03",
        "From: Acme Ltd\nTo: Ana\nDate: 3 May 2026\nWeight: 2 kg",
        "De: Acme\nPara: Ana\nFecha: 3/5/2026\nPeso: 2 kg",
    ],
)
def test_forms_are_no_header_blocks(block: str) -> None:
    """A journey, an order form, a label, opening hours: fields with the same names, but no mail."""
    assert not is_header_block(block.split("\n"), 0)


def test_unknown_language_below_outlooks_rule() -> None:
    """Below the rule that Outlook draws, fields need no known name; elsewhere they do."""
    lines = ["Ó: Acme <s@example.com>", "Seolta: 2 Samhain 2026 9:00", "Go dtí: Ana", "Ábhar: x"]

    assert is_header_block(lines, 0, ruled=True)
    assert not is_header_block(lines, 0)
