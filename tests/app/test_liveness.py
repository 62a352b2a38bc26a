"""What tells a pass that takes long from one that hangs."""

from datetime import timedelta

import pytest

from mailresponder.app import liveness
from mailresponder.app.liveness import Progress


def test_who_works_without_getting_ahead_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once that has lasted for too long; who has ended, or has not begun, never is."""
    progress = Progress()
    assert not progress.is_stuck
    progress.made()
    assert not progress.is_stuck
    monkeypatch.setattr(liveness, "STUCK", timedelta(seconds=-1))
    assert progress.is_stuck
    progress.ended()
    assert not progress.is_stuck
