"""Whether a template can be used is known before a mail depends on it."""

import time
from pathlib import Path

import pytest
from measuring import cost

from mailresponder.policy.notices import NAMES
from mailresponder.policy.trying import try_template, variables_of
from mailresponder.store.template_places import Place
from mailresponder.store.templates import TemplateFolder
from mailresponder.templating import TemplateError, compile_template

SHIPPED = TemplateFolder(Path("does-not-exist"))


def attempt(source: str, name: str = "acknowledgement", language: str = "en") -> None:
    """Try a template's source."""
    template = compile_template(source, name="test")
    try_template(template, name, language, SHIPPED.layout())


@pytest.mark.parametrize("language", ["en", "es", "fr"])
@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_ones_can_be_used(name: str, language: str) -> None:
    """In their language, and where they stand in for one that has none of its own."""
    try_template(SHIPPED.template(name, language), name, language, SHIPPED.layout())


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_a_notice_is_unknown(name: str) -> None:
    """The samples show of every variable, and of everything behind a dot or in a list, what it
    is: so nothing misused goes unnoticed."""
    for key, shape in variables_of(name).items():
        assert shape.kinds, key
        for part, inner in (*(shape.fields or {}).items(), ("items", shape.items)):
            if inner is not None and "a time" not in shape.kinds | inner.kinds:
                assert inner.kinds or "a length of time" in shape.kinds, (key, part)


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("acknowledgement", "{{ customer.frist_name }}", "has no `frist_name`; did you mean `firs"),
        (
            "acknowledgement",
            "{% if late and now is none %}{{ anser_by }}{% endif %}",
            "`answer_by`",
        ),
        ("acknowledgement", "{{ ticket.state }}", "`ticket` has no `state`"),
        ("escalation", "{% for e in before %}{{ e.txt }}{% endfor %}", "did you mean `text`"),
        ("escalation", "{% for e in befor %}{% endfor %}", "did you mean `before`"),
        ("digest", "{% for t in late_tickets %}{{ t.customer.nam }}{% endfor %}", "mean `name`"),
        (
            "acknowledgement",
            "{{ subject | day_and_time }}",
            "needs a time, and `subject` is a text",
        ),
        ("acknowledgement", "{{ answer_by }} {{ answer_by | day_and_time }}", "ask `{% if"),
    ],
)
def test_a_mistake_is_found_in_any_branch(name: str, body: str, message: str) -> None:
    """With its line, what is wrong, and the nearest name that would be right."""
    with pytest.raises(TemplateError) as caught:
        attempt(f"Subject: s\n\nHello\n\n{body}\n", name)
    assert caught.value.line == 5
    assert message in caught.value.message


def test_a_template_is_tried_as_the_second_half_of_a_mail() -> None:
    """There the customer is not quoted: a template that counts on that cannot be used."""
    body = "{% if copy_counts and ticket.subject and not excerpt %}{{ excerpt | quote }}{% endif %}"
    with pytest.raises(TemplateError, match="ask"):
        attempt(f"Subject: s\n\nHello\n\n{body}\n")
    attempt(f"Subject: s\n\nHello\n\n{body}\n", "follow_up")


@pytest.mark.parametrize("name", NAMES)
def test_trying_takes_no_noticeable_time(name: str) -> None:
    """A tenth of a second of the processor, once the samples are made; held to thrice that, in the
    best of three tries."""
    variables_of(name)
    source = SHIPPED.shipped_text(Place(name=name, language="es"))
    layout = SHIPPED.layout()

    def tried() -> None:
        try_template(compile_template(source, name=name), name, "es", layout)

    assert cost(tried) < 0.3


ACKNOWLEDGEMENT = SHIPPED.shipped_text(Place(name="acknowledgement", language="en"))


@pytest.mark.parametrize(
    "more", ["[" * 12_000, "[" * 50_000, "[x][" * 23_000, "word\n" * 10_000, "*a " * 20_000]
)
def test_what_would_take_long_is_refused_before_it_is_done(more: str) -> None:
    """Each took seconds, and the editor asks at every key."""
    variables_of("acknowledgement")
    started = time.process_time()
    with pytest.raises(TemplateError, match="too much work"):
        attempt(f"{ACKNOWLEDGEMENT}\n{more}\n")
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize(
    "more",
    [
        "A plain sentence of a notice, which says what happens next and when.\n\n" * 400,
        "This one is long, and each of its lines ends where its author thought it\nfit. " * 350,
        "- An item of **this** list, see [us](https://example.com).\n" * 150,
    ],
)
def test_a_long_text_may_be_tried(more: str) -> None:
    """Eight pages of prose, or a list of links that nobody reads to its end."""
    attempt(f"{ACKNOWLEDGEMENT}\n{more}\n")
