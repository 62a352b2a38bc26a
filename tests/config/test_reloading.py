"""What only a restart can change."""

from pathlib import Path

import pytest
from sites import CONFIG

from mailresponder.config import Config, load
from mailresponder.config.reloading import (
    require_same_desk,
    require_same_place,
    require_same_watch,
)
from mailresponder.errors import ConfigError


def read(folder: Path, *, desk: str = "", web: str = "") -> Config:
    path = folder / "config.toml"
    path.touch(mode=0o600)
    path.write_text(CONFIG.format(desk=desk, more=f"[web]\n{web}", imap_port=9, smtp_port=9))
    return load(path)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ('database = "sqlite:///other.db"', "desk.database"),
        ('secret_file = "other.secret"', "desk.secret_file"),
    ],
)
def test_another_desk_is_refused(tmp_path: Path, line: str, path: str) -> None:
    """A process holds things in the database it began with, and has signed with its secret."""
    before, after = read(tmp_path), read(tmp_path, desk=line)
    with pytest.raises(ConfigError) as refused:
        require_same_desk(before, after)
    assert [(p.path, p.message) for p in refused.value.problems] == [
        (path, "this changes only with a restart")
    ]


def test_another_place_is_refused(tmp_path: Path) -> None:
    """The page goes on listening where it does; each key that says otherwise is named."""
    before = read(tmp_path)
    after = read(tmp_path, web='host = "::1"\nport = 9000\nurl = "http://localhost"')
    with pytest.raises(ConfigError) as refused:
        require_same_place(before, after)
    assert [p.path for p in refused.value.problems] == ["web.host", "web.port", "web.url"]


def test_another_watch_is_refused(tmp_path: Path) -> None:
    """Metrics are told where they were, and the log goes on as it began."""
    before = read(tmp_path)
    after = read(tmp_path, web='[metrics]\nport = 9464\n[log]\nformat = "json"')
    for require, path in ((require_same_watch, "metrics.port"), (require_same_desk, "log.format")):
        with pytest.raises(ConfigError) as refused:
            require(before, after)
        assert [p.path for p in refused.value.problems] == [path]


def test_all_else_may_change(tmp_path: Path) -> None:
    """Another way to write the same database is none other."""
    before, after = read(tmp_path), read(tmp_path, desk='database = "sqlite:///mailresponder.db"')
    require_same_desk(before, after)
    require_same_place(before, after)
