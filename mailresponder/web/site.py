"""What every page is made with: the desk, the words, the HTML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from mailresponder.app import App
from mailresponder.jobs import audit
from mailresponder.jobs.audit import Deed
from mailresponder.printable import clean
from mailresponder.web.asking import Asked, Role
from mailresponder.web.frames import Frames
from mailresponder.web.words import LANGUAGES


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("mailresponder.web", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # An upgrade beneath a running page must not put new pages on old functions.
        auto_reload=False,
        # Anything shown may be a customer's: nothing in it may turn the writing direction.
        finalize=lambda value: clean(value) if type(value) is str else value,
    )
    made.globals.update(Role=Role, languages=LANGUAGES)
    return made


@dataclass(frozen=True, slots=True)
class Site:
    """The desk as the pages see it."""

    app: App
    environment: Environment = field(default_factory=_environment)
    frames: Frames = field(default_factory=Frames)

    def show(
        self, asked: Asked, template: str, *, status: int = 200, **given: object
    ) -> HTMLResponse:
        """A page, from a file in `html/`.

        Every one also has `w` (the words), `visitor`, `at` (a time as the desk's clock shows it),
        `link` and `said`: the words of what was just done.
        """
        page = self.environment.get_template(template)
        done = asked.query.get("done", "")
        html = page.render(
            w=asked.words,
            language=asked.words.language,
            visitor=asked.visitor,
            desk=self.app.config.desk.name,
            at=self.at,
            link=link,
            said=asked.words.get(f"done.{done}") if done else None,
            here=template.partition(".")[0],
            **given,
        )
        return HTMLResponse(html, status_code=status)

    def note(self, asked: Asked, what: Deed, about: str = "") -> None:
        """Write down what the visitor has done, in a transaction of its own."""
        with self.app.store.begin() as conn:
            audit.note(conn, by=asked.by, what=what, about=about, now=asked.now)

    def refuse(
        self, asked: Asked, status: int, message: str, *, mend: str = "", back: str = ""
    ) -> HTMLResponse:
        """A page that says what is wrong, in a sentence. `back`: the path of the page that the
        visitor was on, where it is known."""
        return self.show(
            asked, "refused.html.j2", status=status, message=message, mend=mend, back=back
        )

    def at(self, moment: datetime | None, zone: ZoneInfo | None = None) -> str:
        """A time as `2026-11-23 10:00` by the desk's clock, or another; `–` for none."""
        if moment is None:
            return "–"
        return f"{moment.astimezone(zone or self.app.config.desk.timezone):%Y-%m-%d %H:%M}"


def go(path: str, *, done: str = "", **query: str) -> Response:
    """After a form, to a page that can be loaded again; `done` names the words it begins with,
    in `words/*/done.toml`."""
    return RedirectResponse(link(path, **query, **({"done": done} if done else {})), 303)


def link(path: str, /, **query: Any) -> str:
    """A path of this site with its query; what is None or empty is left out."""
    kept: Mapping[str, str] = {key: str(value) for key, value in query.items() if value}
    escaped = quote(path, safe="/")
    return f"{escaped}?{urlencode(kept)}" if kept else escaped
