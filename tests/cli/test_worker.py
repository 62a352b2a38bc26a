"""`worker`, where it cannot begin."""

from pathlib import Path

import pytest


def test_the_extra_is_asked_for(run, desk_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the queue is not installed, the error says how to install it."""
    monkeypatch.setattr("mailresponder.cli.worker.find_spec", lambda _: None)
    done = run("--config", str(desk_file), "worker")

    assert done.status == 78
    assert "pip install '.[cluster]'" in done.err


def test_workers_need_a_server(run, desk_file: Path) -> None:
    """On SQLite the error names the key, and nothing is made."""
    done = run("--config", str(desk_file), "worker")

    assert done.status == 78
    assert "desk.database: workers share a PostgreSQL database" in done.err
    assert sorted(path.name for path in desk_file.parent.iterdir()) == ["config.toml"]


def test_the_database_must_be_there(run, desk_file: Path, tmp_path: Path) -> None:
    """Where nobody serves it, that is a sentence and status 75."""
    url = f'database = "postgresql://nobody@/nothing?host={tmp_path}"'
    text = desk_file.read_text(encoding="utf-8").replace("[desk]", f"[desk]\n{url}")
    desk_file.write_text(text, encoding="utf-8")
    done = run("--config", str(desk_file), "worker")

    assert done.status == 75
    assert "Traceback" not in done.err
