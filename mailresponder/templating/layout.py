"""The page around every notice: its frame and its looks, put into the HTML of each mail."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from mailresponder.templating.errors import TemplateError
from mailresponder.templating.sandbox import Program, environment

if TYPE_CHECKING:
    from css_inline import CSSInliner

_ENVIRONMENT = environment(None, autoescape=True)
_PROBE = "<p>content</p>"


@cache
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner

    return CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)


class Layout:
    """A compiled layout. Its variables: `content`, `subject`, `language`."""

    def __init__(self, source: str, *, name: str) -> None:
        """Compile; raises TemplateError, also where the layout would leave the content out."""
        self._program = Program(_ENVIRONMENT, source, name=name)
        plain = self._fill(_PROBE, subject="subject", language="en")
        if _PROBE not in plain:
            raise TemplateError(name, 1, "a layout must write `{{ content }}`")

    def render(self, content: str, *, subject: str, language: str) -> str:
        """A whole HTML document with its styles in style attributes.

        `content` is clean HTML. Style sheets marked `data-css-inline="keep"` stay as they are.
        """
        return _inliner().inline(self._fill(content, subject=subject, language=language))

    def _fill(self, content: str, *, subject: str, language: str) -> str:
        # nh3 cleaned the content; the layout may not escape it once more.
        trusted: Callable[[str], Markup] = Markup
        variables = {"content": trusted(content), "subject": subject, "language": language}
        return self._program.run(variables, {})


def compile_layout(source: str, *, name: str) -> Layout:
    """A layout from its source, an HTML page in Jinja. Raises TemplateError."""
    return Layout(source, name=name)
