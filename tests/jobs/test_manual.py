"""What the editor offers can be used, and is told of in both languages."""

from itertools import groupby

import pytest

from mailresponder.jobs import manual
from mailresponder.jobs.manual import Entry
from mailresponder.policy.notices import NAMES
from mailresponder.policy.trying import try_template, variables_of
from mailresponder.templating import FILTERS, compile_layout, compile_template

LAYOUT = compile_layout("<html><body>{{ content }}</body></html>", name="layout")


def used(name: str, written: str) -> None:
    """Try a template of the notice that holds this."""
    template = compile_template(f"Subject: s\n\nHello\n\n{written}\n", name=name)
    try_template(template, name, "en", LAYOUT)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_put_in_works_as_it_stands(name: str) -> None:
    """A click on any variable or construct leaves a template that can be used."""
    for within, entries in groupby(manual.variables_of(name, "en"), key=lambda one: one.within):
        inserts = "\n\n".join(entry.insert for entry in entries)
        if not within:
            used(name, inserts)
            continue
        one = next(e for e in manual.variables_of(name, "en") if e.within == within)
        loop = one.name.partition(".")[0]
        used(name, f"{{% for {loop} in {within} %}}\n\n{inserts}\n{{% endfor %}}")
    used(name, "\n\n".join(entry.insert for entry in manual.constructs(name, "es")))


@pytest.mark.parametrize("name", NAMES)
def test_the_manual_lists_what_the_program_tells(name: str) -> None:
    """Every variable of a notice, every field behind a dot, and no others."""
    parts = [p for p in manual.load()["part"] if not p["notices"] or name in p["notices"]]
    listed = {key: told for part in parts for key, told in part["variables"].items()}
    known = variables_of(name)

    assert {key for key in listed if "." not in key} == set(known)
    for key, told in listed.items():
        if (record := manual.load()["records"].get(told.get("each"))) is not None:
            items = known[key].items
            assert items
            assert set(record["fields"]) == set(items.fields or ())
    if "customer" in known:
        behind = {key.partition(".")[2] for key in listed if key.startswith("customer.")}
        assert behind == set(known["customer"].fields or ())


def test_every_entry_is_told_in_both_languages() -> None:
    """English and Spanish say something, and not the same; another language reads English."""

    def about(language: str) -> list[Entry]:
        return [
            *(entry for name in NAMES for entry in manual.variables_of(name, language)),
            *manual.filters(language),
            *manual.constructs("digest", language),
        ]

    for english, spanish in zip(about("en"), about("es-MX"), strict=True):
        assert english.name == spanish.name
        same = english.about == spanish.about
        assert not same or english.about == "`10:00`"
    assert about("fr") == about("en")
    assert all(manual.purpose(n, "es") != manual.purpose(n, "en") for n in NAMES)


def test_every_filter_is_offered() -> None:
    """The filters of the manual are those there are."""
    assert {entry.name for entry in manual.filters("en")} == set(FILTERS)


def test_no_notice_has_no_variables() -> None:
    """An unknown name is an error, not an empty list."""
    for ask in (manual.variables_of, manual.purpose, manual.constructs):
        with pytest.raises(KeyError):
            ask("poem", "en")
