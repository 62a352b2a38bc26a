"""How results reach standard output: tables, JSON, and text that cannot command a terminal.

Everything that is printed passes through here, for any of it may be a customer's: control
characters would let a mail move the cursor, recolour the screen or hide what stands before it.
"""

import json
import sys
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any

import click

from mailresponder.printable import clean

if TYPE_CHECKING:
    from mailresponder.jobs.results import CheckResult

_GAP = 2
_SHARE = 5
"""Of a terminal's width, a column gets no more than a fifth; the last gets what is left."""
_NARROWEST = 10


def one_line(text: str) -> str:
    """The text, cleaned, on one line."""
    return " ".join(clean(text).split())


def say(text: str = "") -> None:
    """Print text, cleaned."""
    _write(clean(text))


def say_marked(text: str, *, colour: str) -> None:
    """Print text, cleaned; bold and in a colour where a terminal shows it."""
    _write(click.style(clean(text), fg=colour, bold=True))


def say_result(result: "CheckResult", *, indent: str = "") -> None:
    """Print what was found out about one thing, and below it what to do."""
    line = f"{result.name}: {one_line(result.detail)}"
    if result.warning:
        say_marked(f"{indent}WARNING {line}", colour="yellow")
    elif result.ok:
        say(f"{indent}ok      {line}")
    else:
        say_marked(f"{indent}FAILED  {line}", colour="red")
    if result.mend:
        say_advice(result.mend, indent=indent)


def say_advice(text: str, *, indent: str = "") -> None:
    """Print what to do about what stands above."""
    say(f"{indent}        -> {one_line(text)}")


def show(text: str) -> None:
    """Print lines as they are, colours and all: whoever put them together has cleaned what is
    somebody's."""
    _write(text.removesuffix("\n"))


def print_json(value: object) -> None:
    """Print a result for programs to read, indented."""
    _write(_json(value, indent=2))


def print_json_line(value: object) -> None:
    """Print one of several results on a line of its own; whoever reads along has it at once."""
    _write(_json(value, indent=None))


def print_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, marked: Collection[int] = ()
) -> None:
    """Print rows under headings: fitted to a terminal, else aligned and whole.

    The rows whose numbers are `marked` stand out; on a terminal the last column gives way.
    """
    cleaned = [[one_line(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _print_fitted(headings, cleaned, marked)
        return
    lines = [list(headings), *cleaned]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        _write("  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip())


def when(at: datetime | None, zone: tzinfo) -> str:
    """A time as the desk's clock shows it, as `2026-11-23 10:00`; `-` where there is none."""
    return "-" if at is None else at.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def _print_fitted(
    headings: Sequence[str], rows: Sequence[Sequence[str]], marked: Collection[int]
) -> None:
    from rich.cells import cell_len
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    columns = list(zip(headings, *rows, strict=True))
    # Left to itself rich takes from every column alike until the short ones are gone.
    most = max(console.width // _SHARE, _NARROWEST)
    widths = [min(max(map(cell_len, column)), most) for column in columns[:-1]]
    rest = console.width - sum(widths) - _GAP * len(widths)
    for heading, width in zip(headings, [*widths, max(rest, _NARROWEST)], strict=True):
        table.add_column(heading, no_wrap=True, overflow="ellipsis", width=width)
    for number, row in enumerate(rows):
        # Text, not str: rich would read markup in a customer's words.
        style = "bold red" if number in marked else ""
        table.add_row(*(Text(cell) for cell in row), style=style)
    console.print(table)


def _json(value: object, *, indent: int | None) -> str:
    # ASCII only: neither a terminal nor a locale can get it wrong.
    return json.dumps(value, indent=indent, default=_plain, ensure_ascii=True)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


def _write(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    # Some locales cannot print every letter: a question mark is better than no answer.
    click.echo(text.encode(encoding, "replace").decode(encoding))
