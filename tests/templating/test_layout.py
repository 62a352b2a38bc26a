"""The page around every notice."""

import time

import pytest

from mailresponder.templating import TemplateError, compile_layout


def a_layout(head: str = "", body: str = "{{ content }}") -> str:
    """The source of a layout, with line 4 for the head and line 7 for the body."""
    return f"<!DOCTYPE html>\n<html>\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n"


def test_styles_go_into_the_elements() -> None:
    """Mail programs drop style sheets, so styles are inlined; kept ones stay."""
    layout = compile_layout(
        "<html><head><style>p { color: red }</style>"
        '<style data-css-inline="keep">@media print { p { color: black } }</style></head>'
        "<body>{{ content }}</body></html>",
        name="layout",
    )
    page = layout.render("<p>Hello</p>", subject="s", language="en")

    assert '<p style="color: red;">Hello</p>' in page
    assert "@media print" in page


def test_the_subject_is_escaped() -> None:
    """What stands in the title is text."""
    layout = compile_layout("<title>{{ subject }}</title>{{ content }}", name="layout")
    assert "<title>&lt;b&gt;</title>" in layout.render("<p>a</p>", subject="<b>", language="en")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("<p>no content</p>", "must write"),
        ("{{ content | upper }}", "must write"),
        ("{{ contents }}", "did you mean `content`"),
        ("{{ content }}{% include 'x' %}", "not available"),
        ("{{ content }}{% if %}", "layout, line 1"),
        ("\n\ud800{{ content }}", "line 2: it holds half a character"),
        ("{{ content }}{{ '\\ud800' }}", "half a character"),
    ],
)
def test_broken_layouts(source: str, message: str) -> None:
    """A layout that would lose the notice is refused when it is read."""
    with pytest.raises(TemplateError, match=message):
        compile_layout(source, name="layout")


HEAD = (
    "<script>alert(1)</script>",
    "<SCRIPT src=//evil.test>",
    '<link rel="stylesheet" href="https://evil.test/a.css">',
    '<base href="https://evil.test/">',
    '<meta http-equiv="refresh" content="0;url=https://evil.test/">',
    "<style>@import url(https://evil.test/a.css);</style>",
    "<style>@IMPORT 'https://evil.test/a.css';</style>",
    "<style>p { background: url(https://evil.test/a.png) }</style>",
    "<style>p { background: URL( '//evil.test/a.png' ) }</style>",
    "<style>p { background: u\\72l(https://evil.test/a.png) }</style>",
    "<style>p { background: u/**/rl(x); background: \\75 rl(https://evil.test/) }</style>",
    "<style>p { background: image-set('https://evil.test/a.png' 1x) }</style>",
    "<style>@font-face { font-family: a; src: url(https://evil.test/a.woff) }</style>",
    "<style>p { width: expression(alert(1)) }</style>",
    "<style>p { -moz-binding: url(data:x) }</style>",
    "<style data-css-inline=keep>p { background: url(https://evil.test/a.png) }</style>",
    "<!--[if mso]><script>alert(1)</script><![endif]-->",
    '<!--[if mso]><v:fill src="https://evil.test/a.png"/><![endif]-->',
    "{% if language == 'fr' %}<script>alert(1)</script>{% endif %}",
    "{% if subject == 'x' %}<style>@import 'a';</style>{% endif %}",
    "<scr{{ 'ipt' }}>alert(1)</script>",
)
BODY = (
    '<img src="https://evil.test/a.png">{{ content }}',
    '<img srcset="https://evil.test/a.png 2x">{{ content }}',
    '<img src="cid:a">{{ content }}',
    '<img src="data:image/svg+xml,<svg/>">{{ content }}',
    '<table background="https://evil.test/a.png"><tr><td>{{ content }}</td></tr></table>',
    '<iframe src="https://evil.test/"></iframe>{{ content }}',
    "<iframe srcdoc='<script>'></iframe>{{ content }}",
    '<object data="https://evil.test/"></object>{{ content }}',
    '<embed src="https://evil.test/">{{ content }}',
    '<video poster="https://evil.test/a.png"></video>{{ content }}',
    '<svg onload="alert(1)"></svg>{{ content }}',
    "<math></math>{{ content }}",
    '<form action="https://evil.test/">{{ content }}</form>',
    '<input value="a">{{ content }}',
    '<p onclick="alert(1)">a</p>{{ content }}',
    '<p OnMouseOver="alert(1)">a</p>{{ content }}',
    '<p style="background: url(https://evil.test/a.png)">a</p>{{ content }}',
    '<a href="javascript:alert(1)">a</a>{{ content }}',
    '<a href="java&#10;script:alert(1)">a</a>{{ content }}',
    '<a href="data:text/html,x">a</a>{{ content }}',
    '<a href="https://x.test/" ping="https://evil.test/">a</a>{{ content }}',
    "<div>" * 90 + "{{ content }}",
    "<font size=1>" * 90 + "{{ content }}",
    "<b>" * 20_000 + "{{ content }}",
    "{% for a in [1,2,3,4,5,6,7,8] %}" * 2 + "<b>" + "{% endfor %}" * 2 + "{{ content }}",
)


@pytest.mark.parametrize("head", HEAD)
def test_a_layout_loads_and_runs_nothing(head: str) -> None:
    """Whatever stands in its head, in a condition or for one mail program, is refused with its
    line."""
    with pytest.raises(TemplateError) as caught:
        compile_layout(a_layout(head), name="layout")
    assert caught.value.line == (1 if "{{ 'ipt" in head or "\\" in head else 4)


@pytest.mark.parametrize("body", BODY)
def test_neither_does_its_body(body: str) -> None:
    """Pictures, frames, forms, handlers, links that run, and elements that never end."""
    with pytest.raises(TemplateError):
        compile_layout(a_layout(body=body), name="layout")


@pytest.mark.parametrize(
    "body",
    [
        '<a href="https://example.com/">Acme</a> {{ content }}',
        '<a href="mailto:a@example.com">Acme</a> <a href="tel:+34910000000">call</a> {{ content }}',
        '<img src="data:image/png;base64,AAAA" alt="">{{ content }}',
        '<table role="presentation" width="100%"><tr><td>{{ content }}</td></tr></table>',
        "<!--[if mso]><table><tr><td><![endif]-->{{ content }}<!--[if mso]></table><![endif]-->",
        '<p style="background: #fff url(data:image/png;base64,AAAA)">a</p>{{ content }}',
        "{% if language == 'es' %}Hola{% else %}Hello{% endif %} {{ content }}",
    ],
)
def test_what_mails_need_is_left(body: str) -> None:
    """Links, tables, what only Outlook reads, and a picture that is part of the page."""
    layout = compile_layout(a_layout(body=body), name="layout")
    assert "<p>Hello</p>" in layout.render("<p>Hello</p>", subject="s", language="es")


@pytest.mark.parametrize(
    "css",
    [
        *("p{color:red}", "* * * * *{color:red}", "*~*~*~*{color:red}", "p p p p p{color:red}"),
        *("*:nth-child(2n+1){color:red}", ":not(:not(:not(p))){color:red}", "p{", "@media x{"),
        *("[", "(", "/*", "p[a=b]{color:red}", "* *,", "*{--a:red}"),
    ],
)
def test_many_styles_take_no_minutes(css: str) -> None:
    """As many as a layout may have, on a mail as long as it may then be, and on a longer one."""
    content = "<ul>" + "<li><p>a</p></li>\n" * 4_000 + "</ul>"
    layout = compile_layout(a_layout(f"<style>{css * (29_000 // len(css))}</style>"), name="layout")
    started = time.process_time()
    with pytest.raises(TemplateError, match="styles are too many"):
        layout.render(content, subject="s", language="en")
    layout.render(content[: len(content) // 8], subject="s", language="en")
    assert time.process_time() - started < 3


def test_styles_without_end_are_refused() -> None:
    """More of them than any mail needs."""
    with pytest.raises(TemplateError, match="longer than 30000") as caught:
        compile_layout(a_layout(f"<style>{'p{}' * 12_000}</style>"), name="layout")
    assert caught.value.line == 4
