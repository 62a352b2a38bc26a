"""What a template may cost. Each of these took seconds, minutes or gigabytes before it was
counted; the processor's time is measured here, and no clock."""

import time
from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from measuring import cost

from mailresponder.templating import (
    STEPS,
    Budget,
    Own,
    Rendered,
    TemplateError,
    compile_layout,
    compile_template,
)
from mailresponder.templating.markdown import convert, price

LAYOUT = compile_layout("<html><body>{{ content }}</body></html>", name="layout")
LONG = ("word www.evil.test a.b.c <b> " * 4000)[:100_000]
VARIABLES = {
    "now": datetime(2026, 11, 23, 9, tzinfo=UTC),
    "text": LONG,
    "blank": " " * 100_000,
    "own": Own("x" * 1000),
    "many": [SimpleNamespace(text=f"{LONG}{i}", who="Ana") for i in range(100)],
    "n": 1,
    "none": None,
}
SECONDS = 6.0
"""On a machine several times slower than ours, where the worst of these takes 1.6."""


def render(body: str) -> Rendered:
    """A template with this body, filled in."""
    template = compile_template(f"Subject: s\n\n{body}", name="test")
    return template.render(VARIABLES, layout=LAYOUT, language="en", timezone=ZoneInfo("UTC"))


def full(part: str, characters: int = 95_000) -> str:
    """The part again and again."""
    return part * (characters // len(part))


def in_loops(part: str, characters: int = 0) -> str:
    """The part ten thousand times by two loops."""
    inner = full(part, characters) if characters else part
    return "{% for a in many %}{% for b in many %}" + inner + "{% endfor %}{% endfor %}"


REFUSED = {
    "filters one after another": "{{ text" + full(" | upper") + " }}",
    "filters nobody sees": full("{% if text|upper %}{% endif %}"),
    "quotes": "{{ text|quote(99999,9999) }}\n\n" * 40,
    "quotes nobody sees": full("{% if text|quote(99999,9999) %}{% endif %}"),
    "a long text many times": full("{{ text }}"),
    "~": "{{ text" + full("~text") + " }}",
    "~ in conditions": full("{% if text~text %}{% endif %}", 40_000),
    "+": "{{ text" + full("+text") + " }}",
    "+ of lists": in_loops("{% if many+many %}x{% endif %}"),
    "join": full("{% if [text,text,text]|join %}{% endif %}"),
    "join of blanks": in_loops("{% if [blank,blank,blank]|join %}{% endif %}"),
    "comparisons in loops": in_loops("{% if a.text == b.text %}{% endif %}"),
    "searches in loops": in_loops("{% if 'é' in a.text %}{% endif %}"),
    "searches by a test": in_loops("{% if 'é' is in a.text %}{% endif %}"),
    "lists compared": in_loops("{% if many == many + [a] %}{% endif %}"),
    "texts compared in lists": "x"
    + in_loops("{% if [[a.text, a.text]] == [[b.text, b.text]] %}{% endif %}"),
    "filters in loops": in_loops("{% if a.text|upper|lower %}{% endif %}"),
    "long bodies in loops": in_loops("{% if n %}{% endif %}", 9_000),
    "a filtered loop": "{% for a in many if a.text|upper %}{% for b in many if b.text|upper %}"
    "{% endfor %}{% endfor %}",
    "cut in loops": in_loops("{% if a.text|cut(9) %}{% endif %}"),
    "Markdown by loops": in_loops("*a _b [c *d " * 4),
    "slots by loops": in_loops("{{ n }} {{ own }} "),
    "links by loops": in_loops("[{{ n }}](https://{{ own }}/) "),
    "quotes of quotes": full(">" * 19 + "\n\n"),
    "conditions": "{% if n %}" * 150 + "x" + "{% endif %}" * 150,
    "other conditions": "{% if n %}" + full("{% elif n %}") + "{% endif %}",
    "brackets": "{{ " + "(" * 40_000 + "n" + ")" * 40_000 + " }}",
    "lists of lists": "{{ " + "[" * 3_000 + "]" * 3_000 + " }}",
    "not not": "{{ " + "not " * 20_000 + "n }}",
    "and and": "{{ n" + full(" and n") + " }}",
    "dots": "{{ many" + full(".a") + " }}",
    "items": "{{ many" + full("[0]") + " }}",
    "else else": "{{ " + full("n if n else ") + "n }}",
    "values": full("{{ n }}"),
    "a number of many digits": "{{ " + "9" * 5_000 + " }}",
    "a number without end": "{{ 1e999 }}",
    "a format in a test": "{{ '%0999999999d' is odd }}{{ '%0999999999d' is even }}",
}


@pytest.mark.parametrize("attack", REFUSED)
def test_what_takes_too_much_is_refused(attack: str) -> None:
    """Soon, and without a traceback, however it is put."""
    started = time.process_time()
    with pytest.raises(TemplateError):
        render(REFUSED[attack])
    assert time.process_time() - started < SECONDS


MARKDOWN = (
    *("> ", "[", "[a](", "[a](<b", "![a](", "*", "*a ", "**a *a ", "*a_ ", "a**b", "_a__b*c"),
    *("`a``b", "- ", "1. ", "- a\n", "- a\n\n\n", "- > - > a\n\n", "- - - - - - - - - a\n"),
    *("&amp;", "&", "\\*", "<", "&#1234567;", "# a\n", "a\n=\n", "---\n\n", "```\n", "~~~a\n"),
    *("    a\n\n", "a\n\n", "a\n", "> a\n\n", "> > > > > > > > a\n", "|a|b\n|-|-\n", "[a]: b\n"),
    *("a\\\n", "a   \n", '[a](b "', "[a](((", "[a](https://b.c) ", "\u00a0a"),
)


@pytest.mark.parametrize("part", MARKDOWN)
def test_markdown_at_its_worst_ends(part: str) -> None:
    """As much of it as a template can hold, of what makes parsers of Markdown look far ahead."""
    started = time.process_time()
    try:
        made = render("a " + full(part))
    except TemplateError:
        made = Rendered(subject="", text="", html="")
    assert time.process_time() - started < SECONDS
    assert len(made.html) < 5_000_000


@pytest.mark.parametrize("part", [*MARKDOWN, "[x][", "word\n", "- **a** [b](https://c.d)\n"])
def test_the_price_of_markdown_follows_its_cost(part: str) -> None:
    """A step stands for a microsecond, give or take; here for up to ten, as machines go, in the
    best of three tries."""
    source = "a " + full(part, 5000)
    convert("a")
    assert cost(lambda: convert(source)) * 1_000_000 < 5000 + 10 * price(source)


def test_prose_is_cheap() -> None:
    """Where there is nothing to parse, a step is several characters; a bracket is many steps."""
    prose = "A plain sentence of a notice, which says what happens next and when.\n\n" * 400
    assert price(prose) < len(prose)
    assert price("[" * len(prose)) > 10 * len(prose)


def test_a_budget_is_spent_and_shared() -> None:
    """A part takes its steps off the whole, and what is paid for once is not paid for again."""
    whole = Budget(100)
    whole.part(60).spend(50)
    whole.part(60).spend_once("a", lambda: 30)
    whole.part(60).spend_once("a", lambda: 30)
    assert whole.left == 20
    with pytest.raises(Exception, match="too much work"):
        whole.part(60).spend(21)


def test_what_mails_do_costs_little() -> None:
    """A list of a hundred tickets with long texts quoted is far from the end."""
    body = "{% for a in many %}\n- **{{ a.who }}**: {{ a.text | cut(80) }}\n{% endfor %}\n"
    budget = Budget()
    template = compile_template(
        f"Subject: s\n\n{body}{{{{ text | quote(20000, 400) }}}}", name="test"
    )
    template.render(
        VARIABLES, layout=LAYOUT, language="en", timezone=ZoneInfo("UTC"), budget=budget
    )
    assert budget.left > STEPS // 5


def test_a_list_of_constants_costs_as_little_as_one() -> None:
    """What an author wrote out to compare with costs a mail nothing, be it a word or a list."""
    assert _steps("{% if own in ['a', 'b', 'c'] %}x{% endif %}y") == _steps(
        "{% if own == 'a' %}x{% endif %}y"
    )


def _steps(body: str) -> int:
    """What a mail with this body costs."""
    budget = Budget()
    template = compile_template(f"Subject: s\n\n{body}", name="test")
    template.render(
        VARIABLES, layout=LAYOUT, language="en", timezone=ZoneInfo("UTC"), budget=budget
    )
    return STEPS - budget.left
