"""Every shipped template meets every sample in every language."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as standard
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import fast_mail_parser
import pytest

from mailresponder.mail.compose import compose
from mailresponder.mail.message import Address, OutboundMessage
from mailresponder.policy.notices import NAMES
from mailresponder.policy.samples import DESK, NOW, ORDINARY, TIMEZONE, samples
from mailresponder.store.template_places import Place
from mailresponder.store.templates import TemplateFolder
from mailresponder.templating import Part, Rendered, render_together

SHIPPED = TemplateFolder(Path("does-not-exist"))
EVERY = [(name, language) for name in NAMES for language in ("en", "es")]
MARKUP = re.compile(r"</?(?:p|br|strong|em|a|ul|ol|li|blockquote|hr|h[1-6]|code|pre|div)\b[^>]*>")
VOID = {"meta", "br", "hr"}


@cache
def rendered(name: str, language: str) -> dict[str, Rendered]:
    """Every sample of a notice, of customers in either language, alone and in two languages."""
    made: dict[str, Rendered] = {}
    spoken = (language, "en" if language == "es" else "es")
    for customer in ("en", "es"):
        for case, variables in samples(name, customer).items():
            parts = [
                Part(template=SHIPPED.template(name, one), language=one, variables=variables)
                for one in spoken
            ]
            for kept in (parts[:1], parts):
                key = f"{case}, {customer}, {len(kept)}"
                made[key] = render_together(kept, layout=SHIPPED.layout(), timezone=TIMEZONE)
    return made


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_shipped_templates_pass_every_sample(name: str, language: str) -> None:
    """No case fails, leaves anything unwritten or lets what a hostile customer sent come alive."""
    assert ORDINARY in samples(name, language)
    for mail in rendered(name, language).values():
        whole = mail.subject + mail.text + mail.html
        assert "None" not in whole
        assert "://" not in whole
        assert "<script" not in mail.html
        assert "zz7" not in whole
        assert not re.search(r" [.,;:]|\.\.|,,", mail.text.replace(" Bcc:", "").partition(">")[0])
        assert not set(re.findall(r'href="(\w+):', mail.html)) - {"mailto"}


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_each_part_is_what_it_is(name: str, language: str) -> None:
    """The subject is one line, the text holds no HTML and no Jinja but what the customer typed,
    and the HTML is whole and loads nothing."""
    for mail in rendered(name, language).values():
        assert len(mail.subject.splitlines()) == 1
        assert not MARKUP.search(mail.text)
        # The hostile customer wrote some of it.
        whole = mail.subject + mail.text + mail.html
        assert "evil" in whole or not re.search(r"\{\{|\{%|\}\}", whole)
        page = _Page(mail.html)
        assert page.open == []
        assert page.loads == []


class _Page(HTMLParser):
    """Which elements a page leaves open or closes in the wrong order, and what it would load."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.loads += [name for name, _ in attrs if name in ("src", "srcset", "background")]
        self.loads += [value or "" for _, value in attrs if "url(" in (value or "")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize(("name", "language"), EVERY)
def test_two_parsers_read_every_mail_alike(name: str, language: str) -> None:
    """Python's and a parser in Rust see the same subject and the same two parts, which are those
    that were written, and neither finds anything to repair."""
    for sent in _sent(name, language):
        raw = compose(sent)
        read, other = message_from_bytes(raw, policy=standard), fast_mail_parser.parse_email(raw)
        assert isinstance(read, EmailMessage)
        texts = {
            part.get_content_type(): _lines(part.get_content())
            for part in read.walk()
            if not part.is_multipart()
        }

        assert other.warnings == []
        assert not [part.defects for part in read.walk() if part.defects]
        assert read["Subject"] == other.subject == sent.subject
        assert texts == {"text/plain": _lines(sent.text), "text/html": _lines(sent.html)}
        assert list(map(_lines, other.text_plain)) == [_lines(sent.text)]
        assert list(map(_lines, other.text_html)) == [_lines(sent.html)]
        assert other.attachments == []


def _lines(text: str) -> str:
    """Without the line end that a part always ends with, and that MIME writes otherwise."""
    return text.replace("\r\n", "\n").rstrip("\n")


def _sent(name: str, language: str) -> Iterator[OutboundMessage]:
    for mail in rendered(name, language).values():
        yield OutboundMessage(
            message_id="<ours@example.com>",
            date=NOW,
            from_=DESK.address,
            to=Address(email="ana@customer.test", name="Ana García"),
            subject=mail.subject,
            text=mail.text,
            html=mail.html,
        )


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_know_the_same(name: str) -> None:
    """English and Spanish templates ask for the same variables."""
    asked = []
    for language in ("en", "es"):
        source = SHIPPED.shipped_text(Place(name=name, language=language))
        code = " ".join(re.findall(r"{[{%](.*?)[%}]}", source, re.S))
        asked.append(set(re.findall(r"\b[a-z_]+\b", re.sub('"[^"]*"', "", code))))
    assert asked[0] == asked[1]


@pytest.mark.parametrize(
    ("language", "case", "subject"),
    [
        ("en", "late and due soon", "Acme Support: 3 unanswered, 2 due soon"),
        ("en", "due soon", "Acme Support: 2 due soon"),
        ("es", "due soon", "Acme Support: 2 a punto de vencer"),
        ("es", ORDINARY, "Acme Support: 2 sin respuesta"),
    ],
)
def test_a_list_of_warnings_is_called_that(language: str, case: str, subject: str) -> None:
    """What is due soon is not called unanswered."""
    assert rendered("escalation_list", language)[f"{case}, {language}, 1"].subject == subject


def test_there_is_no_sample_of_what_is_no_notice() -> None:
    """An unknown name is an error, not an empty set of samples."""
    with pytest.raises(KeyError):
        samples("poem", "en")
