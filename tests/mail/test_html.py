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
            '<div>New words</div><div class="gmail_quote"><div class="gmail_attr">El lun, 2 nov '
            "2026 a las 9:00, Acme (&lt;<a>s@example.com</a>&gt;) escribió:<br></div>"
            "<blockquote>old</blockquote></div>"
        ),
        (
            "New words<div id=appendonsend></div><hr><div id=divRplyFwdMsg><b>From:</b> Acme "
            "&lt;s@example.com&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Ana<br><b>Subject:</b> x"
            "</div><div>old</div>"
        ),
        (
            "<p>New words</p><div style='border-top:solid'><p><b>De:</b> Acme<br><b>Enviado el:</b>"
            " lunes<br><b>Para:</b> Ana<br><b>Asunto:</b> x</p></div><p>old</p>"
        ),
        'New words<div class="yahoo_quoted"><div>El lunes, Acme escribió:</div>old</div>',
    ],
)
def test_quotes_of_the_usual_programs(html: str) -> None:
    """What Gmail, Outlook, Apple Mail and Yahoo quote is not new."""
    assert new_text(html_to_text(html)) == "New words"


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


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from('<>/"=abdivp &;!-\x00\ud800 '), max_size=200))
def test_never_raises(html: str) -> None:
    """Whatever stands there, text that can be stored comes out."""
    text = html_to_text(html.encode("utf-8", "replace").decode())
    assert "\x00" not in text
    text.encode()
