"""The configuration that `init` writes."""

import stat
from pathlib import Path

import pytest

from mailresponder.config import load
from mailresponder.errors import MailresponderError
from mailresponder.jobs.setup import PROVIDERS, configuration, write


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_written_loads(tmp_path: Path, provider: str) -> None:
    """Every provider's file is a configuration without mistakes or warnings."""
    made = write(tmp_path / "desk", provider)
    assert made == [tmp_path / "desk" / "config.toml", tmp_path / "desk" / "templates"]
    config = load(made[0])
    assert config.warnings == ()
    assert config.mailboxes[0].imap.host == PROVIDERS[provider].imap_host
    assert config.mailboxes[0].smtp.save_copy == PROVIDERS[provider].save_copy
    assert config.staff.trusted_authserv_id == PROVIDERS[provider].authserv_id


@pytest.mark.parametrize("provider", PROVIDERS)
def test_lines_fit_a_terminal(provider: str) -> None:
    """Nobody scrolls sideways to read the advice."""
    assert max(len(line) for line in configuration(provider).splitlines()) <= 100


def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """A password may come to stand in it."""
    config, templates = write(tmp_path, "generic")
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert list(templates.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """A second `init` refuses and leaves the file as it was."""
    config = write(tmp_path, "gmail")[0]
    config.write_text("mine")
    with pytest.raises(MailresponderError, match="there already"):
        write(tmp_path, "gmail")
    assert config.read_text() == "mine"


def test_templates_of_an_admin_stay(tmp_path: Path) -> None:
    """A templates folder that is there is kept, and not reported as made."""
    mine = tmp_path / "templates" / "en" / "acknowledgement.md.j2"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    assert write(tmp_path, "generic") == [tmp_path / "config.toml"]
    assert mine.read_text() == "mine"


def test_an_unknown_provider_is_named(tmp_path: Path) -> None:
    """The error lists those there are, and nothing is written."""
    with pytest.raises(MailresponderError, match="gmail, microsoft365, fastmail, generic"):
        write(tmp_path / "desk", "hotmail")
    assert not (tmp_path / "desk").exists()


def test_a_file_in_the_way_is_an_error_in_words(tmp_path: Path) -> None:
    """A directory that cannot be made is named, without a traceback."""
    (tmp_path / "file").write_text("")
    with pytest.raises(MailresponderError, match="file"):
        write(tmp_path / "file" / "desk", "generic")


def test_microsoft_365_is_told_the_truth() -> None:
    """Who picks it reads, before anything else, that passwords do not get in."""
    text = configuration("microsoft365")
    advice = text.partition("[desk]")[0]
    assert "it has no OAuth 2.0" in advice
    assert "December 2026" in advice
