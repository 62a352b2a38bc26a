"""Every shipped template meets every sample in every language."""

import re
from pathlib import Path

import pytest

from mailresponder.policy.notices import NAMES
from mailresponder.policy.samples import ORDINARY, TIMEZONE, samples
from mailresponder.store.template_places import Place
from mailresponder.store.templates import TemplateFolder

SHIPPED = TemplateFolder(Path("does-not-exist"))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", NAMES)
def test_shipped_templates_pass_every_sample(name: str, language: str) -> None:
    """No case fails, leaves anything unwritten or lets what a hostile customer sent come alive."""
    cases = samples(name, language)
    assert ORDINARY in cases
    for variables in cases.values():
        rendered = SHIPPED.template(name, language).render(
            variables, layout=SHIPPED.layout(), language=language, timezone=TIMEZONE
        )
        whole = rendered.subject + rendered.text + rendered.html
        assert "None" not in whole
        assert "://" not in whole
        assert "<script" not in rendered.html
        assert "zz7slot" not in whole
        assert not re.search(
            r" [.,;:]|\.\.|,,", rendered.text.replace(" Bcc:", "").partition(">")[0]
        )
        assert not set(re.findall(r'href="(\w+):', rendered.html)) - {"mailto"}


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_know_the_same(name: str) -> None:
    """English and Spanish templates ask for the same variables."""
    asked = []
    for language in ("en", "es"):
        source = SHIPPED.shipped_text(Place(name=name, language=language))
        code = " ".join(re.findall(r"{[{%](.*?)[%}]}", source, re.S))
        asked.append(set(re.findall(r"\b[a-z_]+\b", re.sub('"[^"]*"', "", code))))
    assert asked[0] == asked[1]


def test_there_is_no_sample_of_what_is_no_notice() -> None:
    """An unknown name is an error, not an empty set of samples."""
    with pytest.raises(KeyError):
        samples("poem", "en")
