"""Uuencoded files (POSIX `uuencode`), whole or in the middle of a text, as mail was before MIME."""

import re
from binascii import Error as UuError
from binascii import a2b_uu

_BEGIN = re.compile(r"^begin(?:-base64)? [0-7]{3,4} (\S[^\n]{0,255})\n", re.MULTILINE)
_LINE = re.compile(r"[ -`]{1,90}")
_END = re.compile(r"^(?:end|====)[ \t]*$", re.MULTILINE)
_FILES_LIMIT = 100


def without_files(text: str) -> tuple[str, list[tuple[str, int]]]:
    """A text without the files in it, and their names and sizes in characters."""
    if "\nbegin" not in text and not text.startswith("begin"):
        return text, []
    kept: list[str] = []
    files: list[tuple[str, int]] = []
    position = 0
    for begin in _BEGIN.finditer(text):
        if begin.start() < position or len(files) >= _FILES_LIMIT:
            continue
        first = text[begin.end() : begin.end() + 100].split("\n", 1)[0]
        if not _is_data(first, base64="base64" in begin[0][:14]):
            continue
        end = _END.search(text, begin.end())
        stop = end.end() if end else len(text)
        kept.append(text[position : begin.start()])
        files.append((begin[1].strip(), stop - begin.end()))
        position = stop
    kept.append(text[position:])
    return "".join(kept), files


def _is_data(line: str, *, base64: bool) -> bool:
    """Is this the first line of a file? Its first character says how long it is."""
    if base64:
        return re.fullmatch(r"[A-Za-z0-9+/]{1,90}={0,2}", line) is not None
    if not _LINE.fullmatch(line):
        return False
    octets = (ord(line[0]) - 32) & 63
    # Spaces at the end of a line may have been lost on the way, and some add a check character.
    return octets > 0 and len(line.rstrip(" `")) - 1 <= (octets + 2) // 3 * 4 + 1


def decoded(body: bytes) -> bytes:
    """A body that is uuencoded as a whole; lines that make no sense are left out."""
    found: list[bytes] = []
    inside = False
    for line in body.split(b"\n"):
        if not inside:
            inside = line.startswith(b"begin ")
            continue
        if line.rstrip() == b"end":
            break
        try:
            found.append(a2b_uu(line))
        except UuError:
            continue
    return b"".join(found)
