"""A notice's template: a `Subject:` line, a blank line and a body in Markdown, all in Jinja."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from jinja2 import pass_context
from jinja2.runtime import Context

from mailresponder.templating.budget import BUDGET, Budget, TooMuch, passed_through
from mailresponder.templating.errors import TemplateError, together
from mailresponder.templating.filters import LOCALE, Locale, written
from mailresponder.templating.layout import Layout
from mailresponder.templating.markdown import Block, convert, lay_text, price, settled
from mailresponder.templating.names import Shape
from mailresponder.templating.sandbox import Known, Program, environment
from mailresponder.templating.slots import Cuts, Misplaced, Slots, cut, fill_html, numbers, without
from mailresponder.templating.values import EachLanguage, Own, Quoted, one_line, shorten

_LONGEST_SUBJECT = 170
"""Characters; with the reference added, still below what the header is cut to."""
_HEADER = "subject:"
_SLOTS = "_slots"
_RULE = "---"
_LONGEST_FRAGMENT = 500_000
"""Characters of HTML without its values: a few of Markdown can make many of HTML."""
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
    text = _written(context, value)
    slots = context.parent[_SLOTS]
    if not isinstance(slots, Slots):
        raise TypeError("a body needs slots")
    place = slots.place(text)
    return f"> {place}" if place and isinstance(text, Quoted) else place


@pass_context
def _in_subject(context: Context, value: object) -> str:
    return str(_written(context, value))


def _written(context: Context, value: object) -> str:
    if isinstance(value, str):
        context.parent[BUDGET].spend(1 + len(value))
    return written(context.parent[LOCALE], value)


_BODY = environment(_in_body)
_SUBJECT = environment(_in_subject)


class Template:
    """A compiled template."""

    def __init__(self, source: str, *, name: str, known: Known | None = None) -> None:
        """Compile; raises TemplateError."""
        self._name = name
        subject, body, above = _split(source, name)
        self._above = above
        self.page = lru_cache(maxsize=_PAGES)(_lay_out)
        """Mails that begin with this template, laid out but for their values."""
        found: list[TemplateError] = []
        made: list[Program] = []
        # Blank lines in place of the head: Jinja then counts lines as the file's reader does.
        for env, part in ((_SUBJECT, subject), (_BODY, "\n" * above + body)):
            try:
                made.append(Program(env, part, name=name, known=known))
            except TemplateError as error:
                found += (error, *error.others)
        if found:
            if known is not None:
                found += (one for program in made for one in program.mistakes(known()))
            raise together(found)
        self._subject, self._body = made

    def render(
        self,
        variables: Mapping[str, object],
        *,
        layout: Layout,
        language: str,
        timezone: ZoneInfo,
        budget: Budget | None = None,
    ) -> Rendered:
        """Fill it in. `language` and `timezone` are those of its times; `budget` is what it may
        cost, that of one mail where none is given.

        A plain `str` among the variables is a customer's text: it comes out as the same words,
        never as markup or a live link. A variable `now` lets dates of this year leave it out.
        Raises TemplateError for a variable that is not there and for anything that fails.
        """
        part = Part(template=self, language=language, variables=variables)
        return render_together([part], layout=layout, timezone=timezone, budget=budget)

    def check_names(self, variables: Mapping[str, Shape]) -> None:
        """Raise TemplateError where the source asks, in any branch, for what is not there, or uses
        a variable as what it is not. `variables`: what its notice knows, as `names.shapes`."""
        found = [*self._subject.mistakes(variables), *self._body.mistakes(variables)]
        if found:
            raise together(found)

    def subject(self, variables: Mapping[str, object], locale: Locale, budget: Budget) -> str:
        """One line. Raises TemplateError, also where it comes out empty."""
        subject = one_line(self._subject.run(variables, {LOCALE: locale}, budget))
        if not subject:
            raise TemplateError(self._name, 1, "the subject comes out empty")
        return shorten(subject, _LONGEST_SUBJECT)

    def body(
        self, variables: Mapping[str, object], locale: Locale, slots: Slots, budget: Budget
    ) -> "Body":
        """The Markdown, with places for its values. Raises TemplateError."""
        source = self._body.run(variables, {LOCALE: locale, _SLOTS: slots}, budget)
        body = Body(source=source, language=locale.language, name=self._name, line=self._above + 1)
        try:
            budget.spend(passed_through(source))
            budget.spend_once(body, lambda: price(source))
        except TooMuch as error:
            raise TemplateError(self._name, self._above + 1, str(error)) from None
        return body


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A template and what it is filled with, as a part of one mail."""

    template: Template
    language: str
    variables: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """A template's body with places for its values, and where it stands in which file."""

    source: str
    language: str
    name: str
    line: int


def render_together(
    parts: Sequence[Part], *, layout: Layout, timezone: ZoneInfo, budget: Budget | None = None
) -> Rendered:
    """One mail of several templates, one below the other: the same in several languages.

    The subject is the first one's. Raises as `Template.render`.
    """
    return write_together(parts, timezone=timezone, budget=budget).laid_out(layout)


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A mail with its Markdown written and paid for; what takes long is still to come."""

    subject: str
    bodies: tuple[Body, ...]
    slots: Slots
    page: Callable[[tuple[Body, ...], str, Layout], "_Page"]

    def laid_out(self, layout: Layout) -> Rendered:
        """The mail. Raises TemplateError."""
        values = self.slots.values
        blocks, page = self.page(self.bodies, self.slots.place(Own(self.subject)), layout)
        try:
            html = fill_html(page, values)
            text = lay_text(blocks, values)
        except Misplaced as error:
            first = self.bodies[0]
            raise TemplateError(first.name, first.line, str(error)) from None
        return Rendered(subject=self.subject, text=text, html=html)


def write_together(
    parts: Sequence[Part], *, timezone: ZoneInfo, budget: Budget | None = None
) -> Written:
    """As `render_together`, up to what takes long. Raises TemplateError, also where that would take
    too long."""
    parts = [_spoken(part) for part in parts]
    first = parts[0].template
    slots = Slots()
    budget = budget or Budget()
    locales = [_locale(part, timezone) for part in parts]
    subject = first.subject(parts[0].variables, locales[0], budget)
    slots.place(Own(subject))
    bodies = tuple(
        part.template.body(part.variables, locale, slots, budget)
        for part, locale in zip(parts, locales, strict=True)
    )
    return Written(subject=subject, bodies=bodies, slots=slots, page=first.page)


def _spoken(part: Part) -> Part:
    """The part with each value in its language."""
    variables = {
        name: value.in_(part.language) if isinstance(value, EachLanguage) else value
        for name, value in part.variables.items()
    }
    return Part(template=part.template, language=part.language, variables=variables)


def _locale(part: Part, timezone: ZoneInfo) -> Locale:
    now = part.variables.get("now")
    return Locale(
        language=part.language,
        timezone=timezone,
        now=now if isinstance(now, datetime) else None,
    )


_Page = tuple[tuple[Block | str, ...], Cuts]
"""The text and the HTML of a mail without its values."""


def _lay_out(bodies: tuple[Body, ...], title: str, layout: Layout) -> _Page:
    """A page without its values, with a rule between two bodies."""
    converted = [_convert(body) for body in bodies]
    language = bodies[0].language
    if len(converted) == 1:
        [(blocks, fragment)] = converted
        return settled(blocks), cut(layout.render(fragment, subject=title, language=language))
    rule, _ = convert(_RULE)
    laid: list[Block] = []
    for blocks, _ in converted:
        for part in (rule, blocks) if laid else (blocks,):
            # What begins a text of its own stands below another here.
            laid += [replace(part[0], above="" if laid else None), *part[1:]]
    fragments = (
        f'<div lang="{body.language}">\n{fragment}</div>\n'
        for body, (_, fragment) in zip(bodies, converted, strict=True)
    )
    content = "<hr>\n".join(fragments)
    return settled(laid), cut(layout.render(content, subject=title, language=language))


@lru_cache(maxsize=_PAGES)
def _convert(body: Body) -> tuple[tuple[Block, ...], str]:
    blocks, fragment = convert(body.source)
    if not blocks:
        raise TemplateError(body.name, body.line, "the mail comes out empty")
    if len(fragment) > _LONGEST_FRAGMENT:
        message = f"its HTML is longer than {_LONGEST_FRAGMENT} characters"
        raise TemplateError(body.name, body.line, message)
    if numbers(body.source) != numbers(fragment):
        raise TemplateError(body.name, body.line, "a value stands where it cannot be shown")
    return blocks, fragment


def compile_template(source: str, *, name: str, known: Known | None = None) -> Template:
    """A template from its source; `name` is for messages. `known` gives what its notice knows, so
    that what `Template.check_names` finds is told with what cannot be compiled. Raises
    TemplateError."""
    return Template(source, name=name, known=known)


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
