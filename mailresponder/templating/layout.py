"""The page around every notice: its frame and its looks, put into the HTML of each mail."""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from mailresponder.templating import frame
from mailresponder.templating.budget import Budget
from mailresponder.templating.errors import TemplateError
from mailresponder.templating.sandbox import Program, environment

if TYPE_CHECKING:
    from css_inline import CSSInliner

_ENVIRONMENT = environment(None, autoescape=True)
_CONTENT = "zz7contentzz"
"""What a layout is told that the notice is: so nothing it does can depend on the notice."""
_WORK = 60_000_000
"""Characters of styles times elements of a notice: each style may have to be tried on each."""
_LONGEST = 3_000_000
"""Characters of a page without the notice's values."""
_FRAMES = 8


@cache
def _inliner() -> "CSSInliner":
    from css_inline import CSSInliner

    return CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)


class Layout:
    """A compiled layout. Its variables: `content`, `subject`, `language`."""

    def __init__(self, source: str, *, name: str) -> None:
        """Compile; raises TemplateError, also where the layout would leave the content out or load
        something from elsewhere."""
        self._name = name
        self._source = source
        self._program = Program(_ENVIRONMENT, source, name=name)
        # All that it might write, whichever way its conditions go.
        self._refuse(frame.harm(self._program.text))
        self._frame = lru_cache(maxsize=_FRAMES)(self._framed)
        for language in ("en", "es"):
            self._frame("subject", language)

    def render(self, content: str, *, subject: str, language: str) -> str:
        """A whole HTML document with its styles in style attributes.

        `content` is clean HTML. Style sheets marked `data-css-inline="keep"` stay as they are.
        Raises TemplateError.
        """
        page = self._frame(subject, language)
        if frame.styles_in(page) * content.count("<") * page.count(_CONTENT) > _WORK:
            raise self._error("its styles are too many for so long a mail", "<style")
        whole = _inliner().inline(page.replace(_CONTENT, content))
        if len(whole) > _LONGEST:
            raise self._error(
                f"with its styles a mail is longer than {_LONGEST} characters", "<style"
            )
        return whole

    def _framed(self, subject: str, language: str) -> str:
        """The page with a mark where the content belongs."""
        # nh3 cleaned the content; the layout may not escape it once more.
        trusted: Callable[[str], Markup] = Markup
        variables = {"content": trusted(_CONTENT), "subject": subject, "language": language}
        page = self._program.run(variables, {}, Budget())
        if _CONTENT not in page:
            raise TemplateError(self._name, 1, "a layout must write `{{ content }}`")
        self._refuse(frame.harm(page))
        return page

    def _refuse(self, found: frame.Harm | None) -> None:
        if found is not None:
            raise self._error(found.message, found.found)

    def _error(self, message: str, found: str) -> TemplateError:
        """An error in the line of the source where this stands first."""
        before = self._source.lower().find(found.lower())
        return TemplateError(self._name, self._source.count("\n", 0, max(before, 0)) + 1, message)


def compile_layout(source: str, *, name: str) -> Layout:
    """A layout from its source, an HTML page in Jinja. Raises TemplateError."""
    return Layout(source, name=name)
