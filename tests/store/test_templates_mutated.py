"""Templates as careless hands leave them."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making import NOON
from own_templates import acknowledged

from mailresponder.mail.compose import compose
from mailresponder.policy.ticket import LanguageSource
from mailresponder.store.template_keeping import keep_changes
from mailresponder.store.template_places import Place
from mailresponder.store.templates import TemplateFolder

SHIPPED = TemplateFolder(Path("does-not-exist"))
NAMES = ("acknowledgement", "acknowledgement_angry")
BITS = (
    *("{{", "}}", "{%", "%}", "{#", "#}", "{% if ", "{% endif %}", "{% else %}", "{% for x in "),
    *(
        "{{ customer_name }}",
        "{{ customer.first_name }}",
        "{{ excerpt | quote }}",
        "{{ answer_by }}",
    ),
    *(" | ", "day_and_time", "fallback('x')", "Subject: ", "\n\n", "\r\n", "\r", "\t", "\x00"),
    *("\ufeff", "\u2028", "\u202e", "ñ", "😀", "[a](", "](http://x.test)", "> ", "`", "***", "<b>"),
    *("&amp;", "\\", "| a | b |\n|---|---|\n", "'", '"', "1/0", "[0]", "-", "~", "zz7slot0zz"),
)
EDIT = st.tuples(
    st.sampled_from(["delete", "insert", "type", "repeat", "move", "cut off", "bytes"]),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from(BITS),
    st.text(max_size=3),
    st.binary(min_size=1, max_size=3),
)
Edits = list[tuple[str, float, float, str, str, bytes]]
TICKETS: tuple[dict[str, Any], ...] = (
    {},
    {"angry": True, "anger": 0.9},
    {"subject": "<script>{{ desk }}\r\nBcc: x@y.test", "due_at": None},
    {"language_from": LanguageSource.DEFAULT},
)


def mutated(source: str, edits: Edits) -> bytes:
    """The source after these edits, each at a place given as a share of its length."""
    data = source.encode()
    for kind, at, to, bit, text, raw in edits:
        here, there = sorted(int(share * len(data)) for share in (at, to))
        there = min(there, here + 80)
        span = data[here:there]
        match kind:
            case "delete":
                data = data[:here] + data[there:]
            case "insert":
                data = data[:here] + bit.encode() + data[here:]
            case "type":
                data = data[:here] + text.encode(errors="replace") + data[here:]
            case "repeat":
                data = data[:here] + span * 3 + data[there:]
            case "move":
                data = data[:here] + data[there:] + span
            case "cut off":
                data = data[:here]
            case "bytes":
                data = data[:here] + raw + data[there:]
    return data


@pytest.mark.parametrize("language", ["en", "es"])
def test_no_edit_stops_an_acknowledgement(tmp_path: Path, language: str) -> None:
    """Five hundred edited templates in each language, saved over one another while the program
    runs: each of them is used or told of, and every customer gets their mail."""
    folder = TemplateFolder(tmp_path)
    mailbox = folder.of("support")
    (tmp_path / language).mkdir()
    met: Counter[bool] = Counter()

    @settings(
        max_examples=200,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(
        name=st.sampled_from(NAMES),
        edits=st.lists(EDIT, min_size=1, max_size=4),
        ticket=st.sampled_from(TICKETS),
    )
    def saved(name: str, edits: Edits, ticket: dict) -> None:
        place = Place(name=name, language=language)
        (tmp_path / place.relative).write_bytes(mutated(SHIPPED.shipped_text(place), edits))
        mail = acknowledged(mailbox, language=language, **ticket)

        assert "[MR-7F3K2]" in mail.subject
        assert mail.text.strip()
        assert compose(mail)
        broken = folder.problem(place) is not None
        assert broken == (folder.info(place).state == "broken")
        met[broken] += 1

    saved()
    assert min(met[True], met[False]) > 10
    keep_changes(folder, NOON)
    assert acknowledged(TemplateFolder(tmp_path), language=language).text
