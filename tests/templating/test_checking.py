"""What is found in a template's source without rendering it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.templating import (
    EachLanguage,
    Fields,
    Own,
    TemplateError,
    compile_layout,
    compile_template,
    shapes,
)

SAMPLES = [
    {
        "now": datetime(2026, 11, 23, 9, tzinfo=UTC),
        "wait": timedelta(hours=1),
        "subject": "A lamp",
        "desk": Own("Acme"),
        "count": 3,
        "late": True,
        "due": None,
        "unknown": None,
        "holiday": EachLanguage({"en": "Labor Day"}),
        "names": ["Ana"],
        "person": Fields(name="Ana", first=Own("A"), since=datetime(2026, 1, 1, tzinfo=UTC)),
        "people": [Fields(name="Ana", friends=[Fields(name="Jo")])],
        "none_yet": [],
    },
    {"due": datetime(2026, 11, 23, 9, tzinfo=UTC)},
]
KNOWN = shapes(SAMPLES)
LAYOUT = compile_layout("{{ content }}", name="layout")


def check(body: str) -> None:
    """Check a template with this body, which begins in line 3."""
    compile_template(f"Subject: s\n\n{body}", name="test").check_names(KNOWN)


@pytest.mark.parametrize(
    ("body", "line", "message"),
    [
        ("a\n{{ subjct }}", 4, "`subjct` is no variable here; did you mean `subject`?"),
        ("{% if late %}\n\n{{ subjct }}{% endif %}", 5, "did you mean `subject`"),
        ("{% if late %}a{% elif lat %}b{% endif %}", 3, "did you mean `late`"),
        ("{% if late %}a{% else %}\n{{ lat }}{% endif %}", 4, "did you mean `late`"),
        ("{{ person.nam }}", 3, "`person` has no `nam`; did you mean `name`?"),
        ("{{ person['nam'] }}", 3, "`person` has no `nam`; did you mean `name`?"),
        ("{{ person.xyz }}", 3, "`person` has no `xyz`; it has `name`, `first`, `since`"),
        ("{{ subject.name }}", 3, "`subject` is a text: nothing stands behind its dot"),
        ("{{ now.yaer }}", 3, "`now` has no `yaer`; did you mean `year`?"),
        ("{% for p in people %}\n{{ p.nam }}{% endfor %}", 4, "`p` has no `nam`"),
        ("{% for p in people if p.nam %}{% endfor %}", 3, "`p` has no `nam`"),
        (
            "{% for p in people %}{% for q in p.friends %}{{ q.nam }}{% endfor %}{% endfor %}",
            3,
            "`q`",
        ),
        ("{% for p in people %}{{ loop.frist }}{% endfor %}", 3, "did you mean `first`"),
        ("{% for p in people %}{% endfor %}\n{{ p.name }}", 4, "`p` is no variable"),
        ("{% for p in people %}{% else %}{{ p.name }}{% endfor %}", 3, "`p` is no variable"),
        ("{{ people[0].nam }}", 3, "has no `nam`"),
        ("{% for c in subject %}{% endfor %}", 3, "`for` needs a list, and `subject` is a text"),
        ("{% for c in person %}{% endfor %}", 3, "`for` needs a list, and `person` is several"),
        ("{{ people }}", 3, "`people` is a list: write its items with `for` or `join`"),
        ("{{ person }}", 3, "`person` is several values: write one of them, as `person.name`"),
        ("{{ subject | date }}", 3, "`date` needs a time, and `subject` is a text"),
        ("{{ now | duration }}", 3, "`duration` needs a length of time, and `now` is a time"),
        ("{{ person.name | upper | time }}", 3, "and `person.name | upper` is a text"),
        ("{{ count | quote }}", 3, "`quote` needs a text, and `count` is a number"),
        ("{{ names | quote }}", 3, "`quote` needs a text, and `names` is a list"),
        ("{{ people | upper }}", 3, "and `people` is a list"),
        ("{{ due | fallback }}", 3, "write `fallback(text)`"),
        ("{{ due | fallback(3) }}", 3, "`text` of `fallback` is words in quotation marks, not `3`"),
        ("{{ subject | quote('9') }}", 3, "`characters` of `quote` is a number, not `9`"),
        ("{{ subject | quote(1, 2, 3) }}", 3, "write `quote([characters], [rows])`"),
        ("{{ subject | cut }}", 3, "write `cut(characters)`"),
        ("{{ wait | duration(days=1) }}", 3, "`days` of `duration` is true or false, not `1`"),
        ("{{ wait | duration(weeks=true) }}", 3, "write `duration([days])`"),
        ("{{ subject | fallback(there) }}", 3, "`there` is no variable here: words stand in quot"),
        ("{{ people.name }}", 3, "`people` is a list: write its items"),
        ("Hello { person.name },", 3, "a value stands in two braces, as `{{ person.name }}`"),
        ("a\n{subject | upper}", 4, "a value stands in two braces, as `{{ subject }}`"),
        ("{{ since }}", 3, "`since` is no variable here; did you mean `person.since`?"),
        ("{{ peop-le }}", 3, "did you mean `people`"),
        ("{{ subject | upper(1) }}", 3, "`upper` takes nothing in brackets"),
        ("{{ names | join(nams) }}", 3, "did you mean `names`"),
        ("a\n\n[b](javascript:alert)", 5, "a link leads to https://, http:// or mailto:…"),
        ("a\n[b](ftp://x.test)", 4, "not to `ftp://x.test`"),
        ("[b](example.com/x)", 3, "not to `example.com/x`"),
        ("[b](/x)", 3, "not to `/x`"),
        ("[b](<data:x>)", 3, "not to `data:x`"),
        ("a\n\n[b](https://x.test/{{ subject }})", 5, "cannot be a link's target"),
        ("[b]({{ person.name }})", 3, "cannot be a link's target"),
    ],
)
def test_mistakes_are_found_in_every_branch(body: str, line: int, message: str) -> None:
    """With the line in the file, what is wrong there, and what would be right."""
    with pytest.raises(TemplateError) as caught:
        check(body)
    assert message in caught.value.message
    assert caught.value.line == line


@pytest.mark.parametrize(
    "body",
    [
        "{{ due }} {{ due | date }} {{ unknown | date }} {{ unknown.whatever }}",
        "{% for x in none_yet %}{{ x.anything }}{{ loop.index }}{{ loop.last }}{% endfor %}",
        "{% for p in people if p.name %}{{ p.name }}{% else %}{{ desk }}{% endfor %}",
        "{% for a, b in people %}{{ a.anything }}{% endfor %}",
        "{{ subject | fallback('x') | upper | cut(9) }} {{ due | fallback('x') }}",
        "{{ names | join }} {{ names | join(', ') }} {{ names | count + count }}",
        "{% if person.nam is defined %}a{% endif %}",
        "{{ holiday }} {{ late }} {{ count }} {{ wait }} {{ now.year }}",
        "{{ 'a' if late else desk }} {{ desk ~ subject }} {{ -count }} {{ count / 2 }}",
        "{% if count > 2 and not late or subject in names or due is none %}a{% endif %}",
        "[a](https://x.test/{{ desk }}) [b](mailto:{{ desk }}) [c]({{ desk }})",
        "[a](http://x.test) [b](<https://x.test>) [c](MAILTO:a@x.test) \\[1\\](x)",
        "`[a](b)` ``[a](`b)``",
        "[{{ subject }}]({{ desk }}) (see {{ subject }})",
        "{{ subject | lines }}",
        "{ nobody } {late: 1} {'late'} {person.nobody} { } {{ '{late}' }}",
    ],
)
def test_what_may_be_right_is_left(body: str) -> None:
    """What depends on values is for the rendering to find."""
    check(body)


def told(error: TemplateError) -> list[tuple[int, str]]:
    """Where each mistake is, and its first word."""
    return [(one.line, one.message.split()[0]) for one in (error, *error.others)]


SEVERAL = "{{ person.nam }}\n{% if lat %}{{ subjct | upper }}{% endif %}\n[a](/b)\n{{ count }}"


def test_all_mistakes_are_told_in_their_order() -> None:
    """An author mends them at one go; what comes of a mistake is no other."""
    with pytest.raises(TemplateError) as caught:
        compile_template(f"Subject: {{{{ x.y | upper }}}}\n\n{SEVERAL}", name="test").check_names(
            KNOWN
        )
    assert told(caught.value) == [
        (1, "`x`"),
        (3, "`person`"),
        (4, "`lat`"),
        (4, "`subjct`"),
        (5, "a"),
    ]


def test_what_cannot_be_compiled_hides_no_mistake_above_it() -> None:
    """A filter there is none of, a test there is none of, a tag that is not available: each is
    told beside the misspelt variables, the first line first."""
    source = (
        "Subject: {{ subject | zona }}\n\n{{ person.nam }}\n{% if late is lat %}{% endif %}\n"
        "{% set a = 1 %}\n{{ subjct | zona }}"
    )
    with pytest.raises(TemplateError) as caught:
        compile_template(source, name="test", known=lambda: KNOWN)
    assert told(caught.value) == [
        (1, "`zona`"),
        (3, "`person`"),
        (4, "`lat`"),
        (5, "`set`"),
        (6, "`zona`"),
        (6, "`subjct`"),
    ]


def test_a_mistake_in_the_subject_stands_before_one_in_the_body() -> None:
    """Also where only the body cannot be compiled."""
    with pytest.raises(TemplateError) as caught:
        compile_template(
            "Subject: {{ subjct }}\n\n{{ subject | zona }}", name="test", known=lambda: KNOWN
        )
    assert told(caught.value) == [(1, "`subjct`"), (3, "`zona`")]


@pytest.mark.parametrize("body", ["{{ subjct%d }}", "{{ subject | zona%d }}"])
def test_of_very_many_mistakes_the_first_are_told(body: str) -> None:
    """Nobody reads thousands, and each takes a while to find the nearest word for."""
    lines = "\n".join(body % number for number in range(2000))
    with pytest.raises(TemplateError) as caught:
        compile_template(f"Subject: s\n\n{lines}", name="test", known=lambda: KNOWN).check_names(
            KNOWN
        )
    assert [line for line, _ in told(caught.value)] == list(range(3, 23))


def test_the_subject_is_line_one() -> None:
    """A mistake there is told as one of the first line."""
    with pytest.raises(TemplateError, match="did you mean `subject`") as caught:
        compile_template("Subject: {{ subjct }}\n\na", name="test").check_names(KNOWN)
    assert caught.value.line == 1


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *("{% if ", "{% for ", "{% endif %}", "{% endfor %}", "{% else %}", "{{ ", " }}"),
                *("{# ", " #}", "subject", "person", "people", ".name", " | ", "quote", "date"),
                *("(", ")", "[", "]", "'", '"', "1", "9" * 400, " in ", " %}", "\n", "loop", "a"),
                *("{%", "-%}", " is ", "none", " and ", "~", "+", "\x00", "[x](", "\\", "e9", "."),
            ]
        ),
        max_size=40,
    )
)
def test_any_source_is_read_or_refused(parts: list[str]) -> None:
    """Whatever an author types, there is an answer with a line of the file, and no traceback."""
    body = "".join(parts)
    line = refused_at(body)
    assert line is None or 1 <= line <= body.count("\n") + 3


def refused_at(body: str) -> int | None:
    """Check and render; in which line it fails, None where it does not."""
    try:
        check(body)
        compile_template(f"Subject: s\n\n{body}", name="test").render(
            SAMPLES[0], layout=LAYOUT, language="en", timezone=ZoneInfo("UTC")
        )
    except TemplateError as error:
        return error.line
    return None
