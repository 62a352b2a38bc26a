"""Templates: their shape, what they may do, and what customers' text cannot do in them."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.templating import (
    EachLanguage,
    Own,
    Part,
    Rendered,
    TemplateError,
    Trusted,
    compile_layout,
    compile_template,
    render_together,
)

LAYOUT = compile_layout(
    "<html><head><title>{{ subject }}</title></head><body>{{ content }}</body></html>",
    name="layout",
)
VARIABLES = {
    "now": datetime(2026, 11, 23, 9, tzinfo=UTC),
    "subject": "A lamp",
    "names": ["Ana", "Jo"],
    "person": SimpleNamespace(name="Ana"),
    "own": Own("shop.example.com"),
    "link": Trusted("mailto:ana@customer.test?subject=a%20b"),
    "none": None,
}


def render(source: str, variables: Mapping[str, object] = VARIABLES) -> Rendered:
    """A template's source, filled in."""
    return compile_template(source, name="test").render(
        variables, layout=LAYOUT, language="en", timezone=ZoneInfo("UTC")
    )


def body(source: str, variables: Mapping[str, object] = VARIABLES) -> str:
    """The text part of a body."""
    return render(f"Subject: s\n\n{source}", variables).text


def fragment(source: str, variables: Mapping[str, object] = VARIABLES) -> str:
    """What stands in the HTML body."""
    found = re.search("<body>(.*)</body>", render(f"Subject: s\n\n{source}", variables).html, re.S)
    assert found
    return found[1].strip()


def test_both_parts_and_the_subject() -> None:
    """One source makes the subject, the text and the HTML."""
    rendered = render("Subject: Re: {{ subject }}\n\nHello **{{ person.name }}**,\n\nbye\n")

    assert rendered.subject == "Re: A lamp"
    assert rendered.text == "Hello Ana,\n\nbye\n"
    assert "<p>Hello <strong>Ana</strong>,</p>" in rendered.html
    assert "<title>Re: A lamp</title>" in rendered.html


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("Hello", 1, "first line must be `Subject: …`"),
        ("Subject:\n\nHello", 1, "the subject is empty"),
        ("Subject: a\nBcc: b\n\nHello", 2, "must be blank"),
        ("Subject: a\n\n \n", 3, "nothing below"),
        ("Subject: {{ none }}\n\nHello", 1, "comes out empty"),
        ("Subject: a\n\nHello\n\n{{ subjct }}", 5, "did you mean `subject`"),
        ("Subject: {{ sub }}\n\nHello", 1, "`sub` is no variable"),
        ("Subject: a\n\n{% if none %}\n{{ subjct }}{% endif %}", 4, "did you mean `subject`"),
        ("Subject: a\n\n\n{{ person.age }}", 4, "there is no `age`"),
        ("Subject: a\n\n{% if subject %}", 3, "`{% if %}` is not closed"),
        ("Subject: a\n\n{% iff subject %}", 3, "did you mean `if`"),
        (
            "Subject: a\n\n{% if subject %}\nb\n\n{% for a in names %}\n{% endfor %}",
            3,
            "`{% endif %}` is",
        ),
        ("Subject: a\n\n{% if subject %}\n{% end %}", 4, "; did you mean `endif`"),
        ("Subject: a\n\n{% endif %}", 3, "or does not belong here$"),
        ("Subject: a\n\n{% if none %}{% else if subject %}{% endif %}", 3, "written `elif`"),
        ("Subject: a\n\n{% if none %}{% elseif subject %}{% endif %}", 3, "written `elif`"),
        ("Subject: a\n\n{% if none = 1 %}{% endif %}", 3, "to compare, write `==`"),
        ("Subject: a\n\n{{ none | fallback(“a”) }}", 3, "`“` does not .* straight"),
        ("Subject: a\n\n{{ subject\u200b }}", 3, "cannot be seen"),
        ("Subject: a\n\n{{ subject & none }}", 3, "^.*: `&` does not belong here$"),
        ("Subject: a\n\n{{ subject\\ }}", 3, r"^.*: `\\` does not belong here$"),
        ("Subject: a\n\n{{ subject", 3, "the braces are not closed"),
        ("Subject: a\n\n{{ subject | default('a') }}", 3, "did you mean `fallback`"),
        ("Subject: a\n\n{{ subject | qoute }}", 3, "did you mean `quote`"),
        ("Subject: a\n\n{{ subject | safe }}", 3, "`safe` is no filter"),
        ("Subject: a\n\nb\n\ud800", 4, "half a character"),
        ("Subject: \udfff\n\nb", 1, "half a character"),
        ("Subject: a\n\nb\n{{ names / 2 }}", 4, r"\(TypeError\)"),
        ("Subject: a\n\n{% for a in subject %}{% endfor %}", 3, "needs a list"),
        ("Subject: a\n\n{% if none %}\nb\n{% endif %}", 3, "the mail comes out empty"),
        ("Subject: a\n\n> {{ none }}", 3, "the mail comes out empty"),
        ("Subject: a\n\nb zz7{# #}slot9zz", 3, "`zz7slot` cannot stand"),
        ("Subject: a\n\n[b](https://x.test/zz7{# #}slot9zz)", 3, "`zz7slot` cannot stand"),
    ],
)
def test_mistakes_name_their_line(source: str, line: int, message: str) -> None:
    """What is wrong, and in which line of the file, for shape, syntax and names alike."""
    with pytest.raises(TemplateError, match=message) as caught:
        render(source)
    assert (caught.value.name, caught.value.line) == ("test", line)


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 10 }}",
        "{{ 2 ** 9 }}",
        "{{ '%099999999d' % 1 }}",
        "{{ '%099999999d' | format(1) }}",
        "{{ subject.upper() }}",
        "{{ subject.upper }}",
        "{{ subject.__class__ }}",
        "{{ person.__class__ }}",
        "{{ range(9) }}",
        "{{ _locale }}",
        "{{ self }}",
        "{% set a = 1 %}",
        "{% set a %}b{% endset %}",
        "{% macro a() %}{% endmacro %}",
        "{% call a() %}{% endcall %}",
        "{% include 'a' %}",
        "{% import 'a' as b %}",
        "{% extends 'a' %}",
        "{% block a %}{% endblock %}",
        "{% filter upper %}{% endfilter %}",
        "{% autoescape false %}{{ subject }}{% endautoescape %}",
        "{% with a = 1 %}{% endwith %}",
        "{% for a in names recursive %}{% endfor %}",
        "{% for a in names %}" * 3 + "{% endfor %}" * 3,
        "{% for a in names %}{{ loop.cycle('a', 'b') }}{% endfor %}",
    ],
)
def test_what_a_template_may_not_do(source: str) -> None:
    """Nothing that calls, defines, includes, looks inside Python or grows without bounds."""
    with pytest.raises(TemplateError):
        body(source)


def test_output_is_bounded() -> None:
    """Loops that would write a book are stopped."""
    source = "{% for a in many %}{% for b in many %}" + "x" * 200 + "{% endfor %}{% endfor %}"
    with pytest.raises(TemplateError, match="writes more than"):
        body(source, {"many": list(range(400))})
    with pytest.raises(TemplateError, match="more than 500 things"):
        body("{% for a in many %}x{% endfor %}", {"many": list(range(501))})


def test_a_template_too_long_is_refused() -> None:
    """The source has a limit as well."""
    with pytest.raises(TemplateError, match="longer than"):
        compile_template("Subject: a\n\n" + "x" * 200_000, name="test")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[click](https://evil.test)",
        "**bold** _it_ `code` ~~x~~",
        "# heading",
        "- item",
        "1. item",
        "> quote",
        "![img](https://evil.test/x.png)",
        "<https://evil.test>",
        "&lt;b&gt; &amp;",
        "{{ subject }} {% if x %}",
        "[a]: https://evil.test",
        "zz7slot0zz zz7slot1zz zz7slot99zz",
        "| a | b |",
        "---",
        "    code",
    ],
)
def test_customers_text_is_words(text: str) -> None:
    """Whatever looks like markup comes out as the words that were written."""
    words = " ".join(text.split()).replace("https://", "https[:]//").replace("evil.t", "evil[.]t")
    words = words.replace("x.png", "x[.]png")

    assert body("a {{ x }}", {"x": text}) == f"a {words}\n"
    assert body("{{ x }}", {"x": text}) == f"{words}\n"
    html = fragment("{{ x }}", {"x": text})
    assert re.findall("<[^>]*>", html) == ["<p>", "</p>"]


@settings(deadline=None)
@given(text=st.text(max_size=200))
def test_customers_text_is_never_markup(text: str) -> None:
    """For any text, in any place: the same tags, no link, no header line."""
    rendered = render(
        "Subject: Re: {{ x }}.\n\nHello {{ x }}, **{{ x }}**\n\n{{ x | quote }}\n\n- {{ x }}\n",
        {"x": text},
    )

    assert set(re.findall("</?([a-z]+)", rendered.html)) <= {
        *("html", "head", "title", "body", "p", "strong", "blockquote", "ul", "li", "br")
    }
    assert "://" not in rendered.text + rendered.html + rendered.subject
    assert len(rendered.subject.splitlines()) == 1
    assert rendered.subject.isascii() or rendered.subject.encode()
    assert rendered.html.encode()


def test_our_own_addresses_stay_whole() -> None:
    """What the desk says of itself is not taken for a customer's."""
    assert body("{{ own }}") == "shop.example.com\n"


def test_links_are_the_authors() -> None:
    """A template may link, also to what we built; the text part says where."""
    source = "[Write]({{ link }}) or [look](https://{{ none }}example.com/)"
    assert body(source) == "Write <ana@customer.test> or look <https://example.com/>\n"
    html = fragment(source)
    assert '<a href="mailto:ana@customer.test?subject=a%20b">Write</a>' in html
    assert '<a href="https://example.com/">look</a>' in html


def test_a_link_that_says_its_target_says_it_once() -> None:
    """The address of a mailto link is not repeated behind itself."""
    assert body("[ana@customer.test]({{ link }}).") == "ana@customer.test.\n"
    assert body("[{{ own }}](mailto:{{ own }})") == "shop.example.com\n"
    assert body("[{{ own }}](https://{{ own }}/)") == (
        "shop.example.com <https://shop.example.com/>\n"
    )


def test_customers_text_is_no_target() -> None:
    """A link made of a customer's words is refused, wherever in the link they stand."""
    for target in ("{{ subject }}", "https://x.test/{{ subject }}", "https://{{ subject }}/"):
        with pytest.raises(TemplateError, match="cannot be a link's target"):
            body(f"[a]({target})")
    with pytest.raises(TemplateError, match="cannot be shown"):
        body("```{{ subject }}\ncode\n```")


@pytest.mark.parametrize(
    "source",
    ["[a](javascript:alert(1))", "<b>a</b>", "<img src=x>", "<https://x.test>", "https://x.test"],
)
def test_authors_get_no_html_either(source: str) -> None:
    """Raw HTML, scripts, images and bare addresses stay words."""
    assert not re.findall("<(?!/?p>)", fragment(source))


def test_every_day_editors() -> None:
    """A byte order mark and Windows line ends change nothing."""
    rendered = render("\ufeffSubject: a\r\n\r\nHello\r\n\r\nbye\r\n")
    assert (rendered.subject, rendered.text) == ("a", "Hello\n\nbye\n")


@pytest.mark.parametrize(
    ("around", "text"),
    [
        ("He wrote: {} So we act.", "He wrote: > a\n> b\n So we act.\n"),
        ("[It](https://x.test): {}", "It <https://x.test>: > a\n> b\n"),
        ("**{}**", "> a\n> b\n"),
        ("    {}", "> a\n> b\n"),
        ("- {}", "- > a\n  > b\n"),
        ("> {}", "> > a\n> > b\n"),
    ],
)
def test_a_quote_is_marked_wherever_it_stands(around: str, text: str) -> None:
    """A customer's lines do not read like ours where a quote shares its line with other words."""
    source = around.format("{{ subject | quote }}")

    assert body(source, {**VARIABLES, "subject": "a\nb"}) == text
    html = fragment(source, {**VARIABLES, "subject": "a\nb"})
    assert "<blockquote>" in html or "&gt; b" in html


def test_an_empty_half_is_a_mistake() -> None:
    """A mail in two languages has words in both."""
    halves = [
        Part(template=compile_template(f"Subject: a\n\n{said}", name=said), language="en",
             variables=VARIABLES)
        for said in ("b", ">")
    ]  # fmt: skip
    with pytest.raises(TemplateError, match="comes out empty") as caught:
        render_together(halves, layout=LAYOUT, timezone=ZoneInfo("UTC"))
    assert caught.value.name == ">"


def test_a_long_subject_is_cut() -> None:
    """A header has a sane length."""
    assert len(render("Subject: {{ x }}\n\nb", {"x": "word " * 500}).subject) <= 170


def test_text_part_reads_like_text() -> None:
    """Lists, quotes, breaks, headings and code as one would type them."""
    source = (
        "# Title\n\none\ntwo\\\nthree\n\n- a\n- b\n\n  more\n\n3. c\n4. d\n   - e\n\n"
        "> q\n>\n> r\n\n`code`\n\n    block  x\n\n---\n\nend"
    )
    assert body(source) == (
        "Title\n\none two\nthree\n\n- a\n\n- b\n\n  more\n\n3. c\n4. d\n   - e\n\n"
        "> q\n>\n> r\n\n`code`\n\nblock  x\n\n--------------------\n\nend\n"
    )


def test_text_part_is_wrapped() -> None:
    """Lines end before column 76, and a long word is never broken."""
    text = body("> {{ x }}", {"x": "word " * 40 + "x" * 100})
    lines = text.splitlines()
    assert all(line.startswith("> ") for line in lines)
    assert max(len(line) for line in lines[:-1]) <= 76
    assert lines[-1] == "> " + "x" * 100


def test_pages_do_not_mix() -> None:
    """A page laid out for one mail takes nothing over into the next."""
    template = compile_template("Subject: {{ x }}\n\n{{ x }} {{ y }}", name="test")
    kept = [
        template.render(
            {"x": x, "y": y}, layout=LAYOUT, language="en", timezone=ZoneInfo("UTC")
        ).text
        for x, y in (("a", "b"), ("c", "c"), ("d", ""), ("", "e"), ("a", "b"))
        if x
    ]
    assert kept == ["a b\n", "c c\n", "d\n", "a b\n"]


def together(*sources: str, variables: Mapping[str, object] = VARIABLES) -> Rendered:
    """Templates one below the other, the first in Spanish and the others in English."""
    parts = [
        Part(
            template=compile_template(source, name=f"part {number}"),
            language="en" if number else "es",
            variables=variables,
        )
        for number, source in enumerate(sources)
    ]
    return render_together(parts, layout=LAYOUT, timezone=ZoneInfo("UTC"))


def test_several_templates_make_one_mail() -> None:
    """One subject, the first one's; a rule between them in both parts, each half in its language
    and with its dates; a list at the end does not run into what stands below."""
    first = "Subject: Uno\n\n{{ now | date }}\n\n- {{ person.name }}\n"
    rendered = together(first, "Subject: Two\n\n{{ now | date }}\n\n{{ subject }}\n")

    assert rendered.subject == "Uno"
    assert rendered.text == (
        "lunes 23 de noviembre\n\n- Ana\n\n--------------------\n\nMonday 23 November\n\nA lamp\n"
    )
    html = " ".join(rendered.html.split())
    assert '<div lang="es"> <p>lunes 23 de noviembre</p>' in html
    assert '</div> <hr> <div lang="en"> <p>Monday 23 November</p>' in html


def test_each_half_sees_the_words_of_its_language() -> None:
    """A text that each language has words for is that language's, and none where it has none."""
    source = "Subject: s\n\n{{ x }}{% if y is none %}, nothing{% endif %}{{ y }}\n"
    given = {
        "x": EachLanguage({"en": "Labor Day", "es": "Fiesta del Trabajo"}),
        "y": EachLanguage({"en": "Madrid Day", "es": ""}),
    }
    halves = together(source, source, variables=given).text.split("--------------------")
    assert [half.strip() for half in halves] == [
        "Fiesta del Trabajo, nothing",
        "Labor DayMadrid Day",
    ]


def test_a_mistake_names_the_template_that_has_it() -> None:
    """Whichever half is broken, the error names it."""
    with pytest.raises(TemplateError) as caught:
        together("Subject: s\n\nwell\n", "Subject: s\n\n{{ nobody }}\n")
    assert caught.value.name == "part 1"


def test_customers_words_are_inert_in_every_half() -> None:
    """What is text above is text below."""
    hostile = {**VARIABLES, "subject": "<b>[a](https://evil.test)</b>"}
    source = "Subject: s\n\n{{ subject }}\n"

    rendered = together(source, source, variables=hostile)

    assert rendered.html.count("&lt;b&gt;") == 2
    assert "<a" not in rendered.html


def test_what_was_looked_up_is_not_repeated() -> None:
    """It may be a customer's words, and the reason goes to the log and into mail."""
    for source in ("{{ person[subject] }}", "{{ subject[subject] }}", "{{ names[subject].x }}"):
        with pytest.raises(TemplateError, match="nothing has this name here") as caught:
            body(source)
        assert "lamp" not in str(caught.value)
