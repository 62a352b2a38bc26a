"""A notice's template: a `Subject:` line, a blank line and a body in Markdown, all in Jinja."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context

from mailresponder.templating.filters import LOCALE, Locale, written
from mailresponder.templating.layout import Layout
from mailresponder.templating.markdown import Block, convert, lay_text
from mailresponder.templating.sandbox import Program, TemplateError, environment
from mailresponder.templating.slots import Misplaced, Slots, fill_html, numbers, without
from mailresponder.templating.values import Own, Quoted, one_line, shorten

_LONGEST_SUBJECT = 170
"""Characters; with the reference added, still below what the header is cut to."""
_HEADER = "subject:"
_SLOTS = "_slots"
_PAGES = 32
"""Laid-out pages kept per template: one per combination of branches its mails took."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rendered:
    """What a template came out as."""

    subject: str
    """One line without control characters."""
    text: str
    """For text/plain, `\\n` line ends."""
    html: str
    """For text/html: a whole document."""


@pass_context
def _in_body(context: Context, value: object) -> str:
    text = written(context[LOCALE], value)
    slots = context[_SLOTS]
    if not isinstance(slots, Slots):
        raise TypeError("a body needs slots")
    place = slots.place(text)
    return f"> {place}" if place and isinstance(text, Quoted) else place


@pass_context
def _in_subject(context: Context, value: object) -> str:
    return str(written(context[LOCALE], value))


_BODY = environment(_in_body)
_SUBJECT = environment(_in_subject)


class Template:
    """A compiled template."""

    def __init__(self, source: str, *, name: str) -> None:
        """Compile; raises TemplateError."""
        self._name = name
        subject, body, above = _split(source, name)
        self._subject = Program(_SUBJECT, subject, name=name)
        self._above = above
        self._page = lru_cache(maxsize=_PAGES)(_lay_out)
        # Blank lines in place of the head: Jinja then counts lines as the file's reader does.
        self._body = Program(_BODY, "\n" * above + body, name=name)

    def render(
        self,
        variables: Mapping[str, object],
        *,
        layout: Layout,
        language: str,
        timezone: ZoneInfo,
    ) -> Rendered:
        """Fill it in. `language` and `timezone` are those of its times.

        A plain `str` among the variables is a customer's text: it comes out as the same words,
        never as markup or a live link. A variable `now` lets dates of this year leave it out.
        Raises TemplateError for a variable that is not there and for anything that fails.
        """
        now = variables.get("now")
        locale = Locale(
            language=language,
            timezone=timezone,
            now=now if isinstance(now, datetime) else None,
        )
        subject = one_line(self._subject.run(variables, {LOCALE: locale}))
        if not subject:
            raise TemplateError(self._name, 1, "the subject comes out empty")
        subject = shorten(subject, _LONGEST_SUBJECT)
        slots = Slots()
        title = slots.place(Own(subject))
        source = self._body.run(variables, {LOCALE: locale, _SLOTS: slots})
        try:
            blocks, page = self._page(source, title, layout, language)
            html = fill_html(page, slots.values)
        except Misplaced as error:
            raise TemplateError(self._name, self._above + 1, str(error)) from None
        return Rendered(subject=subject, text=lay_text(blocks, slots.values), html=html)


def _lay_out(
    source: str, title: str, layout: Layout, language: str
) -> tuple[tuple[Block, ...], str]:
    """A page without its values."""
    blocks, fragment = convert(source)
    if numbers(source) != numbers(fragment):
        raise Misplaced("a value stands where it cannot be shown")
    return blocks, layout.render(fragment, subject=title, language=language)


def compile_template(source: str, *, name: str) -> Template:
    """A template from its source; `name` is for messages. Raises TemplateError."""
    return Template(source, name=name)


def _split(source: str, name: str) -> tuple[str, str, int]:
    """The subject, the body, and how many lines stand above the body."""
    source = without(source).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    head, _, rest = source.partition("\n")
    if not head.lower().startswith(_HEADER):
        raise TemplateError(name, 1, "the first line must be `Subject: …`")
    subject = head[len(_HEADER) :].strip()
    if not subject:
        raise TemplateError(name, 1, "the subject is empty")
    blank, _, body = rest.partition("\n")
    if blank.strip():
        raise TemplateError(name, 2, "the line below the subject must be blank")
    if not body.strip():
        raise TemplateError(name, 3, "there is nothing below the subject")
    return subject, body, 2
