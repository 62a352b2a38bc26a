"""What is wrong with a template's syntax, in words for authors who have never heard of Jinja."""

import re

from jinja2 import Environment

from mailresponder.templating.errors import nearest

_TAGS = ("if", "elif", "else", "endif", "for", "endfor")
_SAID = tuple(
    (re.compile(pattern, re.DOTALL), sentence)
    for pattern, sentence in (
        (
            r"Unexpected end of template\. Jinja was .* closed is '(?P<tag>\w+)'\.",
            "`{{% {tag} %}}` is not closed: `{{% end{tag} %}}` is missing",
        ),
        (
            r"(?i:unexpected end of template, expected .*|Missing end of .* tag)",
            "the braces are not closed",
        ),
        (
            r"Encountered unknown tag 'elseif'\..*|expected token 'end of statement .*', got 'if'",
            "`else if` is written `elif`",
        ),
        (
            r"Encountered unknown tag '(?P<tag>\w+)'\..*",
            "`{{% {tag} %}}` is not known, or does not belong here",
        ),
        (r"tag name expected", "a word as `if` is missing behind `{{%`"),
        (r"Expected an expression, got 'end of .*'", "something is missing in the braces"),
        (r"expected token 'end of statement block', got '='", "to compare, write `==`"),
        (
            r"expected token '.*', got '(?P<got>.*)'",
            "something is missing in the braces, or too much, at `{got}`",
        ),
        (
            r"unexpected char '(?P<got>[“”„‟‘’‚«»`´])' at \d+",
            '`{got}` does not belong here: quotation marks are written straight, as `"`',
        ),
        (
            r"unexpected char '\\[^\\].*' at \d+",
            "a character that cannot be seen does not belong here: write this anew",
        ),
        (
            # A backslash comes as two.
            r"unexpected (?:char )?['\"]\\?(?P<got>.*?)['\"](?: at \d+)?",
            "`{got}` does not belong here",
        ),
    )
)
_NOT_CLOSED = "Unexpected end of template. Jinja"


def in_words(message: str) -> str:
    """What Jinja says, said to an author; as it is where it is not known."""
    for pattern, sentence in _SAID:
        if found := pattern.fullmatch(message):
            told = sentence.format_map(found.groupdict())
            asked = found.groupdict().get("tag", "")
            return told if asked in _TAGS else told + nearest(asked, _TAGS)
    return message


def line_of(message: str, line: int, source: str, env: Environment) -> int:
    """The line to look at: of a tag that is never closed its own, not the file's last."""
    return _left_open(source, env) or line if message.startswith(_NOT_CLOSED) else line


def _left_open(source: str, env: Environment) -> int | None:
    opened: list[int] = []
    before = ""
    for line, kind, written in env.lex(source):
        if kind == "whitespace":
            continue
        if before == "block_begin" and written in ("if", "for"):
            opened.append(line)
        elif before == "block_begin" and written in ("endif", "endfor"):
            del opened[-1:]
        before = kind
    return opened[-1] if opened else None
