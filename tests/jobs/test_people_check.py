"""Who is told, and who is believed, as `check` says it."""

from pathlib import Path

import pytest
from sites import CONFIG

from mailresponder.config import Config, load
from mailresponder.jobs import people_check
from mailresponder.jobs.results import Concern

LADDER = '[[{where}escalation]]\nafter = "0m"\nto = ["lead@example.com"]\n'


def desk(folder: Path, *, border: str = "mx.example.com", more: str = "", own: str = "") -> Config:
    path = folder / "config.toml"
    path.touch(mode=0o600)
    text = CONFIG.format(desk="", more=more, imap_port=9, smtp_port=9)
    text = text.replace("[staff]", f"{own}[staff]").replace("mx.example.com", border)
    path.write_text(text)
    return load(path)


def test_a_ladder_without_anybody_is_a_concern(tmp_path: Path) -> None:
    """A desk may be run without one; that nobody hears of a late answer is no secret."""
    said = people_check.told(desk(tmp_path))

    assert isinstance(said, Concern)
    assert said.detail == "nobody is told when a deadline passes: support"


@pytest.mark.parametrize(
    "given",
    [{"more": LADDER.format(where="")}, {"own": LADDER.format(where="mailbox.")}],
    ids=["desk", "mailbox"],
)
def test_a_ladder_is_the_desk_s_or_the_mailbox_s(tmp_path: Path, given: dict[str, str]) -> None:
    """Either is enough."""
    assert not isinstance(people_check.told(desk(tmp_path, **given)), Concern)


@pytest.mark.parametrize(
    ("border", "said"),
    [("mx.example.com", "word of mx.example.com"), ("!none", "no name"), ("", "no other mail")],
)
def test_what_makes_staff_believed_is_said(tmp_path: Path, border: str, said: str) -> None:
    """By the configuration's word on the mail server."""
    assert said in people_check.believed(desk(tmp_path, border=border))[0]
