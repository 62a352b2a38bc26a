"""What a server's answer to SELECT says. Raises ValueError where that makes no sense."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LARGEST = 2**63 - 1
"""Of a number that is stored. UIDs have 32 bits (RFC 9051 §2.3.1.1), and some servers more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Selected:
    """An open folder."""

    uidvalidity: int | None
    """None: the server keeps no UIDs."""
    uidnext: int
    """0: it was not told, which may be (RFC 3501 §6.3.1)."""
    exists: int
    permanent: frozenset[str]
    """Flags that can be stored, casefolded; `\\\\*`: new ones too."""


def selected(answer: Mapping[bytes, Any]) -> Selected:
    """As imapclient gives it."""
    return Selected(
        uidvalidity=number(answer[b"UIDVALIDITY"]) if b"UIDVALIDITY" in answer else None,
        uidnext=number(answer.get(b"UIDNEXT") or 0),
        exists=number(answer.get(b"EXISTS")),
        permanent=frozenset(
            flag.decode("ascii", "replace").casefold() for flag in answer.get(b"PERMANENTFLAGS", ())
        ),
    )


def number(value: object) -> int:
    """One that can be stored."""
    if not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise ValueError("no number of a folder's")
    return value
