"""HTML to text: what a reader sees, and quotes a splitter can recognise."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.mail.html import html_to_text
from mailresponder.mail.quoting import new_text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("One<br>two<br><br>three", "One\ntwo\n\nthree"),
        ("<div>a  \n b&nbsp;c</div><div>d</div>", "a b c\nd"),
        ("<b>Bold</b>, <i>it</i>alic &amp; &lt;more&gt;", "Bold, italic & <more>"),
        ("<ul><li>a<li>b</ul><ol><li>c</li><li>d</li></ol>", "- a\n- b\n\n1. c\n2. d"),
        ("<table><tr><td>Order</td><td>12</td></tr><tr><td>Paid</td></tr></table>",
         "Order  12\nPaid"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ('<a href="https://example.com/x">our shop</a>', "our shop"),
        ('<a href="https://example.com/x"></a>', "https://example.com/x"),
        ("<title>t</title><style>p{}</style><script>x()</script><p>seen</p>", "seen"),
        ('<div style="display: none">hidden</div>seen', "seen"),
        ('<img alt="Our logo"><img alt="😡">', "😡"),
        ("a\x00b&#0;&#xD800;", "ab��"),
        ("", ""),
    ],
)  # fmt: skip
def test_readable(html: str, text: str) -> None:
    """Words, lists and rows stay; markup, hidden things and pictures go."""
    assert html_to_text(html).replace("\ufffd", "�").strip() == text


@pytest.mark.parametrize(
    "html",
    [
        "New words<blockquote type=cite>old</blockquote>",
        (
            '<div>New words</div><br><div class="gmail_quote"><div dir="ltr" '
            'class="gmail_attr">Ar Dé Luain Acme &lt;<a '
            'href="mailto:s@example.com">s@example.com</a>&gt; scríobh:<br></div><blockquote '
            'class="gmail_quote" style="border-left:1px solid">old</blockquote></div>'
        ),
        (
            '<div>New words</div><div class="gmail_extra"><br><div class="gmail_quote">On Mon, '
            'Nov 2, 2026 at 9:00 AM, Acme <span dir="ltr">&lt;<a href="mailto:s@example.com" '
            'target="_blank">s@example.com</a>&gt;</span> wrote:<br><blockquote '
            'class="gmail_quote">old</blockquote></div></div>'
        ),
        (
            '<div>New words</div><div id="appendonsend"></div><hr '
            'style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" '
            'dir="ltr"><font face="Calibri" style="font-size:11pt"><b>De:</b> Acme '
            "&lt;s@example.com&gt;<br><b>Enviado:</b> lunes, 2 de noviembre de 2026 "
            "9:00<br><b>Para:</b> Ana &lt;a@example.com&gt;<br><b>Asunto:</b> "
            "Paquete</font><div>&nbsp;</div></div><div>old</div>"
        ),
        (
            '<div>New words</div><div id="divRplyFwdMsg" dir="ltr"><b>Ó:</b> Acme '
            "&lt;s@example.com&gt;<br><b>Seolta:</b> Dé Luain 2 Samhain 2026 9:00<br><b>Go "
            "dtí:</b> Ana<br><b>Ábhar:</b> x</div><div>old</div>"
        ),
        (
            "<p class=MsoNormal>New words<o:p></o:p></p><p "
            'class=MsoNormal><o:p>&nbsp;</o:p></p><div style="border:none;border-top:solid '
            '#E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class=MsoNormal><b>From:</b> Acme '
            "&lt;s@example.com&gt; <br><b>Sent:</b> Monday, November 2, 2026 9:00 "
            "AM<br><b>To:</b> Ana &lt;a@example.com&gt;<br><b>Subject:</b> "
            "x<o:p></o:p></p></div><p class=MsoNormal>old</p>"
        ),
        (
            '<div>New words</div><br><div class="OutlookMessageHeader" lang="en-us" dir="ltr" '
            'align="left"><hr tabindex="-1"><font face="Tahoma" size="2"><b>From:</b> Acme '
            "[mailto:s@example.com] <br><b>Sent:</b> Monday, November 02, 2026 9:00 "
            "AM<br><b>To:</b> Ana<br><b>Subject:</b> x<br></font><br></div>old"
        ),
        (
            '<div>New words</div><div id="ydp12ab34cdyahoo_quoted_1" '
            'class="ydp12ab34cdyahoo_quoted"><div>Luain Acme xyz:</div><div>old</div></div>'
        ),
        (
            '<div>New words</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div '
            'style="font-family:Helvetica"><div>On Monday, November 2, 2026 at 09:00:00 AM GMT+1,'
            " Acme &lt;s@example.com&gt; wrote:</div><div><br></div><div>old</div></div></div>"
        ),
        (
            '<html><body>New words<br><div><br><blockquote type="cite"><div>On 2 Nov 2026, at '
            "09:00, Acme &lt;s@example.com&gt; "
            "wrote:</div><br><div>old</div></blockquote></div></body></html>"
        ),
        (
            '<div dir="ltr">New words<br><br><div dir="ltr">Enviado desde mi iPhone</div><div '
            'dir="ltr"><br><blockquote type="cite">El 2 nov 2026, a las 9:00, Acme '
            "&lt;s@example.com&gt; escribió:<br><br></blockquote></div><blockquote "
            'type="cite"><div>old</div></blockquote></div>'
        ),
        (
            '<p>New words</p><div class="moz-cite-prefix">Ar 02/11/2026 scríobh '
            'Acme:<br></div><blockquote type="cite" cite="mid:x@y"><p>old</p></blockquote>'
        ),
        (
            '<div>New words</div><br><hr id="zwchr" data-marker="__DIVIDER__"><div '
            'data-marker="__HEADERS__"><b>From: </b>"Acme" &lt;s@example.com&gt;<br><b>To: '
            '</b>"Ana" &lt;a@example.com&gt;<br><b>Sent: </b>Monday, November 2, 2026 9:00:00 '
            'AM<br><b>Subject: </b>x<br></div><br><div data-marker="__QUOTED_TEXT__">old</div>'
        ),
        (
            '<div>New words</div><div class="protonmail_quote">------- Original Message '
            "-------<br>On Monday, November 2nd, 2026 at 9:00 AM, Acme &lt;s@example.com&gt; "
            'wrote:<br><br><blockquote class="protonmail_quote" '
            'type="cite">old</blockquote></div>'
        ),
        (
            '<div>New words</div><div class="protonmail_quote">El lunes, 2 de noviembre de 2026 a'
            " las 9:00, Acme &lt;s@example.com&gt; escribió:<br><blockquote "
            'class="protonmail_quote" type="cite">old</blockquote></div>'
        ),
        (
            '<div>New words</div><div class="zmail_extra_hr" style="border-top:1px solid '
            '#ccc"><br></div><div class="zmail_extra" data-zbluepencil-ignore="true"><br><div '
            'id="Zm-_Id_-Sgn1">---- El lun, 02 nov 2026 09:00:00 +0100 <b>Acme '
            "&lt;s@example.com&gt;</b> escribió ----</div><br><blockquote "
            'id="blockquote_zmail">old</blockquote></div>'
        ),
        (
            '<div>New words</div><div name="quote" style="margin:10px 5px 5px '
            '10px;border-left:2px solid #C3D9E5"><div style="margin:0 0 10px '
            '0"><b>Gesendet:</b>&nbsp;Montag, 02. November 2026 um 09:00 '
            'Uhr<br><b>Von:</b>&nbsp;"Acme" &lt;s@example.com&gt;<br><b>An:</b>&nbsp;a@example.co'
            'm<br><b>Betreff:</b>&nbsp;x</div><div name="quoted-content">old</div></div>'
        ),
        (
            '<div>New words</div><div>&nbsp;</div><div>02.11.2026, 09:00, "Acme" '
            "&lt;s@example.com&gt;:</div><blockquote><p>old</p></blockquote>"
        ),
        (
            '<div>New words</div><br><blockquote style="border-left:1px solid '
            '#0857A6;margin:10px;padding:0 0 0 10px">Понедельник, 2 ноября 2026, 9:00 +03:00 от '
            "Acme &lt;s@example.com&gt;:<br>&nbsp;<div>old</div></blockquote>"
        ),
        (
            '<div>New words</div><div><br></div><div id="composer_signature">Enviado desde mi '
            'Galaxy</div><div><br></div><div style="font-size:100%;color:#000000"><!-- '
            "originalMessage --><div>-------- Mensaje original --------</div><div>De: Acme "
            "&lt;s@example.com&gt; </div><div>Fecha: 2/11/26  9:00  (GMT+01:00) </div><div>Para: "
            "Ana &lt;a@example.com&gt; </div><div>Asunto: x </div></div>old"
        ),
        (
            '<div>New words</div><br><br><font color="#990099">-----Acme/Madrid wrote: '
            "-----</font><div>To: a@example.com<br>From: Acme</div>old"
        ),
        (
            '<div>New words</div><div id="ms-outlook-mobile-signature">Obtener <a '
            'href="https://aka.ms/o0ukef">Outlook para iOS</a></div><hr '
            'style="display:inline-block;width:98%" tabindex="-1"><div '
            'id="divRplyFwdMsg"><b>From:</b> Acme &lt;s@example.com&gt;<br><b>Sent:</b> '
            "Monday<br><b>To:</b> A<br><b>Subject:</b> x</div>old"
        ),
        (
            '<div>New words</div><div id="mail-editor-reference-message-container"><div '
            'style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in"><p '
            'style="mso-margin-top-alt:0in"><b><span style="font-size:12.0pt;color:black">From: '
            "</span></b><span>Acme &lt;s@example.com&gt;<br><b>Date: </b>Monday, November 2, 2026"
            " at 9:00 AM<br><b>To: </b>Ana &lt;a@example.com&gt;<br><b>Subject: "
            "</b>x</span></p></div><p>old</p></div>"
        ),
        (
            '<div>New words</div><div><hr id="stopSpelling">Date: Mon, 2 Nov 2026 09:00:00 '
            "+0100<br>From: s@example.com<br>To: a@example.com<br>Subject: x<br><br>old</div>"
        ),
    ],
    ids=[
        *(
            "apple-bare",
            "gmail",
            "gmail-old",
            "owa",
            "owa-foreign",
            "outlook",
            "OMH",
            "yahoo",
            "yahoo2",
            "apple",
            "ios",
            "tb",
            "zimbra",
            "proton",
            "proton2",
            "zoho",
            "gmx",
            "yandex",
            "mailru",
            "samsung",
            "lotus",
            "omob",
            "newoutlookmac",
            "hotmail",
        ),
    ],
)
def test_quotes_of_the_usual_programs(html: str) -> None:
    """What mail programs quote is not new, whatever their language where they mark it."""
    assert new_text(html_to_text(html)) == "New words"


@pytest.mark.parametrize(
    "html",
    [
        (
            '<div>New words</div><div class="gmail_quote"><div class="gmail_attr">---------- '
            "Forwarded message ---------<br>De: <b>Acme</b> &lt;s@example.com&gt;<br>Date: lun, 2"
            " nov<br>Subject: x<br>To: a@example.com<br></div><br>theirs</div>"
        ),
        (
            '<div>New words</div><div><br><blockquote type="cite"><div>Begin forwarded '
            "message:</div><br><div><b>From: </b>Acme "
            "&lt;s@example.com&gt;<br></div><div><b>Subject: "
            "</b>x<br></div><br><div>theirs</div></blockquote></div>"
        ),
        (
            '<div>New words</div><div><br><blockquote type="cite"><div>Inicio del mensaje '
            "reenviado:</div><br><div><b>De: </b>Acme "
            "&lt;s@example.com&gt;<br></div><div>theirs</div></blockquote></div>"
        ),
        (
            '<div>New words</div><div class="moz-forward-container"><br>-------- Forwarded '
            'Message --------<table class="moz-email-headers-table"><tr><th>Subject: '
            "</th><td>x</td></tr><tr><th>From: "
            "</th><td>s@example.com</td></tr></table><br>theirs</div>"
        ),
        (
            '<div>New words</div><div class="yahoo_quoted">----- Forwarded Message '
            "-----<br>theirs</div>"
        ),
        (
            '<div>New words</div><div class="zmail_extra">============ Forwarded message '
            "============<br>From: A<br>theirs</div>"
        ),
        (
            '<div>New words</div><div class="protonmail_quote">------- Forwarded Message '
            "-------<br>From: Acme &lt;s@example.com&gt;<br>Date: On Monday<br>Subject: x<br>To: "
            'a@example.com<br><br><blockquote class="protonmail_quote" '
            'type="cite">theirs</blockquote></div>'
        ),
    ],
    ids=["gmail", "apple", "apple-es", "tb", "yahoo", "zoho", "proton"],
)
def test_forwards_of_the_usual_programs(html: str) -> None:
    """What they forward is kept, though they mark it much like a quote."""
    text = new_text(html_to_text(html))

    assert text.startswith("New words")
    assert text.endswith("theirs")


def test_outlook_forwards_as_it_quotes() -> None:
    """Only the subject tells an Outlook forward."""
    html = (
        "New words<hr><div id=divRplyFwdMsg><b>De:</b> Acme<br><b>Enviado:</b> lunes<br>"
        "<b>Para:</b> Ana<br><b>Asunto:</b> x</div>theirs"
    )

    assert new_text(html_to_text(html), forwarded=True).endswith("theirs")


def test_html_and_text_agree() -> None:
    """Both parts of one mail have the same new text: above, between and below the quotes."""
    html = (
        '<div class="gmail_quote"><div class="gmail_attr">El lun, 2 nov 2026 a las 9:00, Acme '
        "(&lt;s@example.com&gt;) escribió:<br></div><blockquote>¿Color?</blockquote>"
        "<div>Azul.</div><blockquote>¿Talla?</blockquote></div><div>Grande.</div>"
        "<div>Enviado desde mi iPhone</div>-- <br>Ana García"
    )
    text = (
        "El lun, 2 nov 2026 a las 9:00, Acme (<s@example.com>)\nescribió:\n\n> ¿Color?\n\n"
        "Azul.\n\n> ¿Talla?\n\nGrande.\nEnviado desde mi iPhone\n\n-- \nAna García"
    )

    assert new_text(html_to_text(html)) == new_text(text) == "Azul.\n\nGrande."


def test_rules_across_the_page() -> None:
    """A line that a writer draws is a line; two that follow each other are one."""
    assert html_to_text("<p>One</p><hr><hr><p>Two</p>") == f"One\n\n{'_' * 32}\n\nTwo"


def test_indentation_and_forwards_are_no_quotes() -> None:
    """Text that its writer indented, and a forwarded mail, are kept."""
    indented = '<blockquote style="margin:0 0 0 40px; border: none">mine</blockquote>'
    assert html_to_text(indented) == "mine"
    forward = '<div class="yahoo_quoted">----- Forwarded Message -----<br>theirs</div>'
    assert "theirs" in new_text(html_to_text(forward))


def test_hostile_depth() -> None:
    """A document nested without end is still read, only without layout."""
    assert html_to_text("<div>" * 50_000 + "words<script>x</script>") == "words"
    assert html_to_text("<head>x</head>" + "<b>" * 400 + "one<br>two") == "one\ntwo"


@settings(max_examples=100)
@given(st.text(st.sampled_from('<>/"=abdivp &;!-\x00\ud800 '), max_size=200))
def test_never_raises(html: str) -> None:
    """Whatever stands there, text that can be stored comes out."""
    text = html_to_text(html.encode("utf-8", "replace").decode())
    assert "\x00" not in text
    text.encode()


def test_indented_words_are_the_senders() -> None:
    """Outlook and webmails indent with a blockquote that has a margin and no border."""
    html = '<p>My details:</p><blockquote style="margin-top:5.0pt"><p>order 4411</p></blockquote>'

    assert "> " not in html_to_text(html)
    assert "order 4411" in html_to_text(html)
