"""Sandboxed mail templates: check a template's source and render it to a subject, text and HTML.

Knows nothing of tickets and opens no file: it is handed sources and variables. What a customer
wrote arrives as plain `str` and leaves as inert words: never as markup, a link or a header line.
"""

from mailresponder.templating.budget import STEPS, Budget
from mailresponder.templating.errors import TemplateError
from mailresponder.templating.filters import FILTERS
from mailresponder.templating.layout import Layout, compile_layout
from mailresponder.templating.names import Shape, shapes
from mailresponder.templating.template import (
    Part,
    Rendered,
    Template,
    compile_template,
    render_together,
    write_together,
)
from mailresponder.templating.values import EachLanguage, Fields, Own, Trusted, Worded

__all__ = [
    "FILTERS",
    "STEPS",
    "Budget",
    "EachLanguage",
    "Fields",
    "Layout",
    "Own",
    "Part",
    "Rendered",
    "Shape",
    "Template",
    "TemplateError",
    "Trusted",
    "Worded",
    "compile_layout",
    "compile_template",
    "render_together",
    "shapes",
    "write_together",
]
