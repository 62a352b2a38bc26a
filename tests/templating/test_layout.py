"""The page around every notice."""

import pytest

from mailresponder.templating import TemplateError, compile_layout


def test_styles_go_into_the_elements() -> None:
    """Mail programs drop style sheets, so styles are inlined; kept ones stay."""
    layout = compile_layout(
        "<html><head><style>p { color: red }</style>"
        '<style data-css-inline="keep">@media print { p { color: black } }</style></head>'
        "<body>{{ content }}</body></html>",
        name="layout",
    )
    page = layout.render("<p>Hello</p>", subject="s", language="en")

    assert '<p style="color: red;">Hello</p>' in page
    assert "@media print" in page


def test_the_subject_is_escaped() -> None:
    """What stands in the title is text."""
    layout = compile_layout("<title>{{ subject }}</title>{{ content }}", name="layout")
    assert "<title>&lt;b&gt;</title>" in layout.render("<p>a</p>", subject="<b>", language="en")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("<p>no content</p>", "must write"),
        ("{{ content | upper }}", "must write"),
        ("{{ contents }}", "did you mean `content`"),
        ("{{ content }}{% include 'x' %}", "not available"),
        ("{{ content }}{% if %}", "layout, line 1"),
    ],
)
def test_broken_layouts(source: str, message: str) -> None:
    """A layout that would lose the notice is refused when it is read."""
    with pytest.raises(TemplateError, match=message):
        compile_layout(source, name="layout")
