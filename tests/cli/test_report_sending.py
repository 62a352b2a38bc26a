"""`report --send` and `report --format html`."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mailresponder.store import outbox_view
from mailresponder.store.database import Store

Run = Callable[..., Any]
READERS = """
[report]
to = ["ana@example.com", "ben@example.com"]
languages = { "ana@example.com" = "es" }
"""


@pytest.fixture(autouse=True)
def _without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailresponder.reports.pictures.find_spec", lambda _: None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)


def test_it_is_queued_for_everybody_and_says_for_whom(
    run: Run, desk_file: Path, store: Store
) -> None:
    """Each in their own language; what was sent before does not keep it back."""
    desk_file.write_text(desk_file.read_text(encoding="utf-8") + READERS, encoding="utf-8")
    for _ in range(2):
        done = run("--config", str(desk_file), "report", "--since", "4w", "--send")
        assert done.status == 0, done.err
        assert "ana@example.com (Spanish), ben@example.com (English)" in done.out

    with store.read() as conn:
        rows = outbox_view.rows(conn)
        mails = outbox_view.whole(conn, [row.id for row in rows])
    assert [row.recipient for row in rows] == ["ana@example.com", "ben@example.com"] * 2
    assert {(row.kind, row.state) for row in rows} == {("report", "queued")}
    assert b"lo que dijeron los clientes" in mails[rows[0].id].content


def test_nobody_to_send_it_to(run: Run, desk_file: Path) -> None:
    """Says where somebody is named."""
    done = run("--config", str(desk_file), "report", "--send")
    assert done.status != 0
    assert "nobody gets the report" in done.err
    assert "[report] to" in done.err


@pytest.mark.parametrize("other", [("--format", "json"), ("--output", "x"), ("--in", "es")])
def test_a_mail_has_no_format(run: Run, desk_file: Path, other: tuple[str, str]) -> None:
    """What is for the terminal or a file is refused, rather than ignored."""
    done = run("--config", str(desk_file), "report", "--send", *other)
    assert done.status == 2
    assert "--send" in done.err


def test_a_file_for_the_browser(run: Run, desk_file: Path, tmp_path: Path) -> None:
    """One page, in the language asked for."""
    page = tmp_path / "report.html"
    done = run(
        *("--config", str(desk_file), "report", "--format", "html"),
        *("--in", "es", "--output", str(page)),
    )
    assert done.status == 0, done.err
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert '<html lang="es"' in page.read_text(encoding="utf-8")
