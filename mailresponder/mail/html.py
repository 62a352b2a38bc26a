"""HTML body to readable text: one walk over the document, quotes turned into `> ` lines.

It keeps what a reader sees: words, lists, rows of tables. Styles, scripts, hidden elements and
pictures go; a link is its text. It does not decide what is new: quoting.py does.
"""

import re
from collections.abc import Iterator
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailresponder.mail.marks import is_forward, plain

_LENGTH_LIMIT = 500_000
_DEPTH_LIMIT = 300
_EVENTS_LIMIT = 60_000

_DROPPED = frozenset(
    {"head", "script", "style", "title", "template", "object", "embed", "svg", "math", "select"}
)
_PARAGRAPHS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "table"})
_BLOCKS = _PARAGRAPHS | {
    *("address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div"),
    *("dl", "dt", "fieldset", "figure", "footer", "form", "header", "hr", "li", "main", "nav"),
    *("section", "summary", "tbody", "tfoot", "thead", "tr"),
}
_CELLS = frozenset({"td", "th"})
# Elements that a writer may leave open count for no depth.
_NESTING = re.compile(
    r"<(/?)(?!(?:br|hr|img|p|li|td|th|tr|dd|dt|meta|link|input|col|o:p|option|area|base|wbr)\b)[a-z]",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li)\b[^<>]{0,2000}>", re.IGNORECASE)
_HIDING = re.compile(r"<(/?)(script|style|head)\b[^<>]{0,2000}>", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_QUOTE_CLASSES = frozenset(
    {
        *("yahoo_quoted", "protonmail_quote", "zmail_extra", "gmail_attr", "moz-cite-prefix"),
        *("tutanota_quote", "yahoo-quoted-begin", "fastmail-quoted"),
    }
)
_HEADER_MARKS = frozenset({"divRplyFwdMsg", "OutlookMessageHeader", "stopSpelling"})
"""Ids and classes by which Outlook marks the header fields of the mail below."""
_RULE = "_" * 32
"""What Outlook's own plain text has above those fields."""
_SET_IN_PREFIX = re.compile(r"^(?:x_)+|^ydp[0-9a-f]{4,12}")


def html_to_text(html: str) -> str:
    """The text of an HTML document with `\\n` line ends; quoted parts begin with `> `.

    Input beyond 500,000 characters is not read; a document nested deeper than 300 loses its
    layout, not its words.
    """
    html = html[:_LENGTH_LIMIT]
    if _too_deep(html):
        return _without_tags(html)
    body = LexborHTMLParser(html).body
    if body is None:
        return ""
    writer = _Writer()
    for node, entering in _events(body):
        if entering:
            _enter(node, writer)
        else:
            _leave(node, writer)
    return _UNSTORABLE.sub("", writer.text())


def _too_deep(html: str) -> bool:
    depth = 0
    for match in _NESTING.finditer(html):
        depth += -1 if match[1] else 1
        if depth > _DEPTH_LIMIT:
            return True
        depth = max(depth, 0)
    return False


def _without_tags(html: str) -> str:
    shown: list[str] = []
    start = 0
    hidden = ""
    for match in _HIDING.finditer(html):
        closing, tag = match[1], match[2].lower()
        if not hidden and not closing:
            shown.append(html[start : match.start()])
            hidden = tag
        elif closing and tag == hidden:
            hidden, start = "", match.end()
    if not hidden:
        shown.append(html[start:])
    text = unescape(_TAG.sub(" ", _BREAK.sub("\n", " ".join(shown))))
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    return _UNSTORABLE.sub("", "\n".join(line for line in lines if line))


def _events(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Each node when it is entered and left, without recursion; dropped elements not at all."""
    stack: list[tuple[LexborNode, bool]] = [(root, True)]
    seen = 0
    while stack and seen < _EVENTS_LIMIT:
        node, entering = stack.pop()
        seen += 1
        yield node, entering
        if not entering or not node.is_element_node:
            continue
        stack.append((node, False))
        children = []
        child = node.first_child
        while child is not None:
            if child.is_text_node or (child.is_element_node and not _dropped(child)):
                children.append((child, True))
            child = child.next
        stack.extend(reversed(children))


def _dropped(node: LexborNode) -> bool:
    if node.tag in _DROPPED:
        return True
    style = node.attributes.get("style") or ""
    return "display" in style and "display:none" in style.replace(" ", "").lower()


def _enter(node: LexborNode, writer: "_Writer") -> None:
    tag = node.tag
    if node.is_text_node:
        writer.write(node.text_content or "")
    elif tag == "br":
        writer.end_line()
    elif tag == "img":
        alternative = (node.attributes.get("alt") or "").strip()
        # An emoji that the mail program made a picture of; anything longer is decoration.
        if len(alternative) <= 4:
            writer.write(alternative)
    elif tag in _CELLS:
        writer.cell()
    elif tag in _BLOCKS:
        writer.block(blank=tag in _PARAGRAPHS)
        if tag == "hr" or _is_header(node):
            writer.rule()
        if tag == "li":
            parent = node.parent
            writer.item(parent.mem_id if parent is not None and parent.tag == "ol" else None)
        elif tag == "pre":
            writer.preformatted += 1
        if _is_quote(node):
            writer.depth += 1


def _leave(node: LexborNode, writer: "_Writer") -> None:
    tag = node.tag
    if tag in _BLOCKS:
        writer.block(blank=tag in _PARAGRAPHS)
        if tag == "pre":
            writer.preformatted -= 1
        if _is_quote(node):
            writer.depth -= 1
    elif tag == "a" and not (node.text() or "").strip():
        writer.write((node.attributes.get("href") or "").removeprefix("mailto:")[:500])


def _is_quote(node: LexborNode) -> bool:
    """Does this element hold what somebody else wrote?

    Gmail, Outlook and Apple Mail also indent with a borderless blockquote: those words are the
    sender's.
    """
    attributes = node.attributes
    if node.tag == "blockquote":
        style = (attributes.get("style") or "").replace(" ", "").lower()
        if attributes.get("type") == "cite" or not _QUOTE_CLASSES.isdisjoint(_names(node)):
            return True
        return not style or ("border" in style and "border:none" not in style)
    if _QUOTE_CLASSES.isdisjoint(_names(node)):
        return False
    beginning = node.text()[:400].strip()
    first, _, _ = beginning.partition("\n")
    return not (first.startswith(("---", "===")) or is_forward(plain(first)))


def _is_header(node: LexborNode) -> bool:
    """Do the fields of the mail that is answered or forwarded stand here, as Outlook marks them?"""
    if not _HEADER_MARKS.isdisjoint(_names(node)):
        return True
    style = (node.attributes.get("style") or "").lower()
    return node.tag == "div" and "border-top:" in style and "solid" in style


def _names(node: LexborNode) -> set[str]:
    """Its id and classes, without what Outlook and Yahoo put before those of a mail in a mail."""
    attributes = node.attributes
    names = [attributes.get("id") or "", *(attributes.get("class") or "").split()[:20]]
    return {_SET_IN_PREFIX.sub("", name) for name in names if name}


class _Writer:
    """Puts words on lines: collapses spaces, keeps quote depth, never two blank lines."""

    def __init__(self) -> None:
        self.depth = 0
        self.preformatted = 0
        self._lines: list[str] = []
        self._line: list[str] = []
        self._blank = False
        self._item = ""
        self._numbers: dict[int, int] = {}

    def write(self, text: str) -> None:
        if self.preformatted:
            first, *others = text.split("\n")
            self._line.append(first)
            for other in others:
                self.end_line()
                self._line.append(other)
            return
        text = _SPACES.sub(" ", text)
        if text and (text != " " or self._line):
            self._line.append(text)

    def cell(self) -> None:
        if self._line and self._line[-1].strip():
            self._line.append("  ")

    def item(self, ordered: int | None) -> None:
        """The next line is a list's item; `ordered` tells one numbered list from another."""
        if ordered is None:
            self._item = "- "
            return
        self._numbers[ordered] = self._numbers.get(ordered, 0) + 1
        self._item = f"{self._numbers[ordered]}. "

    def block(self, *, blank: bool) -> None:
        if "".join(self._line).strip():
            self.end_line()
        self._line.clear()
        self._blank = self._blank or blank

    def rule(self) -> None:
        """A line across the page; two of them that follow each other are one."""
        if self._lines and not self._lines[-1].endswith(_RULE):
            self._line.append(_RULE)
            self.end_line()

    def end_line(self) -> None:
        text = "".join(self._line)
        text = text.rstrip() if self.preformatted else text.strip()
        self._line.clear()
        prefix = "> " * min(self.depth, 10)
        if not text:
            self._blank = True
            return
        if self._blank and self._lines:
            self._lines.append(prefix.rstrip())
        self._blank = False
        self._lines.append(f"{prefix}{self._item}{text}")
        self._item = ""

    def text(self) -> str:
        self.block(blank=False)
        return "\n".join(self._lines)
