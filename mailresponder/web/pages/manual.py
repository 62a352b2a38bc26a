"""The pages `/help` and `/help/TOPIC`: what `mailresponder help` explains, to be read here."""

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from starlette.responses import Response

from mailresponder.errors import MailresponderError
from mailresponder.jobs.topics import Topic, topics
from mailresponder.web.asking import Asked
from mailresponder.web.routing import route
from mailresponder.web.site import Site

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_TOPIC = re.compile(r"mailresponder help ([a-z-]+)")


def index(site: Site, asked: Asked) -> Response:
    """The list."""
    return site.show(asked, "help.html.j2", topics=topics(asked.words.language).values(), one=None)


def show(site: Site, asked: Asked) -> Response:
    """One topic. Raises MailresponderError where there is no such."""
    language = asked.words.language
    known = topics(language)
    one = known.get(asked.path["topic"])
    if one is None:
        raise MailresponderError(asked.words("help.no_topic"))
    foreign = one.language if one.language != language else ""
    text = _html(one)
    return site.show(
        asked, "help.html.j2", topics=known.values(), one=one, text=text, foreign=foreign
    )


@cache
def _html(topic: Topic) -> Markup:
    """The topic as HTML: it is our own text, and Markdown's HTML is turned off all the same."""
    if topic.is_file:
        return Markup("<h1>{}</h1><pre>{}</pre>").format(topic.title, topic.text)
    return Markup(_markdown().render(topic.text))  # noqa: S704


@cache
def _markdown() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    made = MarkdownIt("commonmark", {"html": False}).enable("table")
    made.add_render_rule("code_inline", _code)
    # Wider than a telephone: it scrolls by itself, by the keyboard too.
    made.add_render_rule("table_open", lambda *_: '<table tabindex="0">')
    return made


def _code(_: Any, tokens: "Sequence[Token]", at: int, *__: Any) -> str:
    """Code; where it asks for another topic, a link to it."""
    written = tokens[at].content
    shown = Markup("<code>{}</code>").format(written)
    asks = _TOPIC.fullmatch(written)
    return str(Markup('<a href="/help/{}">{}</a>').format(asks[1], shown) if asks else shown)


ROUTES = (route("/help", index), route("/help/{topic}", show))
