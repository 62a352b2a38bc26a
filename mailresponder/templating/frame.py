"""What a layout may hold: looks, and nothing that loads, runs, sends or asks for anything.

Mail programs drop most of it anyway; one that does not would tell a stranger when a mail is read.
Sizes are bounded too: the library that writes styles into elements goes down, process and all, on
a page nested deeply enough, and takes minutes over many styles.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_STYLES = 30_000
"""Characters of styles in a layout."""
_MAX_TAGS = 1_000
_MAX_DEPTH = 50
"""Elements inside one another. Those that are left open, as `<font>`, surround each paragraph."""
_REFUSED_TAGS = frozenset(
    {
        *("script", "noscript", "iframe", "frame", "frameset", "object", "embed", "applet"),
        *("link", "base", "form", "input", "button", "textarea", "select", "dialog"),
        *("picture", "source", "video", "audio", "track", "svg", "math", "template"),
    }
)
_LOADING = frozenset(
    {
        *("src", "srcset", "background", "poster", "data", "action", "formaction", "ping"),
        *("manifest", "lowsrc", "dynsrc", "longdesc", "xlink:href", "classid", "codebase"),
    }
)
"""Attributes that name what a mail program would load, or where it would send something."""
_PICTURE = re.compile(r"data:image/(?:png|gif|jpeg|webp)[;,]", re.IGNORECASE)
_TARGET = re.compile(r"(?:https?:|mailto:|tel:|#|$)", re.IGNORECASE)
_META = frozenset({"content-type", "content-language", "x-ua-compatible"})
_CSS_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_CSS_ESCAPE = re.compile(r"\\(?:([0-9a-f]{1,6})\s?|(.))", re.IGNORECASE | re.DOTALL)
_CSS = re.compile(
    r"@import|expression\s*\(|behaviou?r\s*:|-moz-binding|javascript:|(?:image-set|image|src)\s*\(|"
    r"url\s*\(\s*[\"']?(?!\s*data:image/(?:png|gif|jpeg|webp)[;,])",
    re.IGNORECASE,
)
_STYLES = re.compile(r"<style\b[^>]*>(.*?)(?:</style|$)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile("<[a-z]", re.IGNORECASE)
_CONDITIONAL = re.compile(r"<!--(\[if.*?)(?:-->|$)", re.IGNORECASE | re.DOTALL)
"""What only Outlook reads."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Harm:
    """What is wrong with a page."""

    message: str
    found: str
    """Where, in words of its source."""


def harm(page: str) -> Harm | None:
    """What a page holds that a mail must not."""
    if len(_TAG.findall(page)) > _MAX_TAGS:
        return Harm(message=f"it has more than {_MAX_TAGS} tags", found="<")
    if styles_in(page) > MAX_STYLES:
        return Harm(message=f"its styles are longer than {MAX_STYLES} characters", found="<style")
    found = next(_harms(LexborHTMLParser(page)), None)
    if found is not None:
        return found
    inner = (harm(comment.partition("]>")[2]) for comment in _CONDITIONAL.findall(page))
    return next(filter(None, inner), None)


def styles_in(page: str) -> int:
    """How many characters of style sheets a page has."""
    return sum(map(len, _STYLES.findall(page)))


def _harms(page: LexborHTMLParser) -> Iterator[Harm]:
    for node in page.css("*"):
        tag = (node.tag or "").lower()
        if _is_deep(node):
            message = f"more than {_MAX_DEPTH} elements inside one another, or left open"
            yield Harm(message=message, found=f"<{tag}")
        if tag in _REFUSED_TAGS:
            yield Harm(message=f"a mail holds no `<{tag}>`", found=f"<{tag}")
        for name, value in node.attributes.items():
            yield from _attribute(tag, name.lower(), (value or "").strip())
        if tag == "style":
            yield from _css(node.text())


def _attribute(tag: str, name: str, value: str) -> Iterator[Harm]:
    target = re.sub(r"[\x00-\x20]", "", value)
    if name.startswith("on"):
        yield Harm(message=f"a mail runs nothing: `{name}`", found=name)
    elif name in _LOADING and _PICTURE.match(target) is None:
        message = f"a mail loads nothing from elsewhere: `{name}` of `<{tag}>`"
        yield Harm(message=message, found=name)
    elif name == "href" and _TARGET.match(target) is None:
        message = "a link leads to https://…, http://…, mailto:… or tel:…"
        yield Harm(message=message, found=value)
    elif name == "http-equiv" and target.lower() not in _META:
        yield Harm(message=f"a mail holds no `<meta http-equiv={target[:20]}>`", found=name)
    elif name == "style":
        yield from _css(value)


def _css(text: str) -> Iterator[Harm]:
    plain = _CSS_ESCAPE.sub(_unescaped, _CSS_COMMENT.sub("", text))
    if found := _CSS.search(plain):
        what = found[0].strip("\"' \n")
        message = f"a mail loads nothing from elsewhere: `{what}` in its styles"
        yield Harm(message=message, found=what.rstrip("( "))


def _unescaped(found: re.Match[str]) -> str:
    if found[1] is None:
        return found[2]
    code = int(found[1], 16)
    return chr(code) if code <= 0x10FFFF else ""


def _is_deep(node: LexborNode) -> bool:
    above: LexborNode | None = node
    for _ in range(_MAX_DEPTH):
        if above is None:
            return False
        above = above.parent
    return above is not None
