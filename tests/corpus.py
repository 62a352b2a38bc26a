"""Real mails that nobody here wrote, where the environment names the folder that holds them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest


def corpus() -> Path:
    """The folder of real mails; skips the test, loudly, where none is named."""
    folder = os.environ.get("MAILRESPONDER_CORPUS")
    if not folder:
        pytest.skip("MAILRESPONDER_CORPUS names no folder of real mails")
    return Path(folder)


def entries(name: str = "manifest.jsonl") -> list[dict[str, Any]]:
    """The lines of one of the corpus's lists; skips as `corpus` does."""
    lines = (corpus() / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def content(entry: dict[str, Any]) -> bytes:
    """The mail that an entry of the manifest is about."""
    return (corpus() / entry["path"]).read_bytes()
