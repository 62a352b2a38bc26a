"""What the next process need not try once more."""

import json
from pathlib import Path

import pytest
from making import NOON
from own_templates import BROKEN, GOOD, acknowledged, put

from mailresponder.store.template_files import stamp_of
from mailresponder.store.template_keeping import keep_changes
from mailresponder.store.template_places import Place
from mailresponder.store.template_trials import Trials
from mailresponder.store.templates import TemplateFolder

FILE = "en/acknowledgement.md.j2"
PLACE = Place(name="acknowledgement", language="en")
LAYOUT = Path(__file__).parents[2] / "templates" / "layout.html.j2"


@pytest.fixture
def admin(tmp_path: Path) -> Path:
    """A folder with a template that a trial would refuse, though it is said to have passed."""
    folder = tmp_path / "templates"
    put(folder, FILE, BROKEN)
    trials = TemplateFolder(folder).trials
    trials.note(PLACE, BROKEN)
    trials.keep()
    return folder


def record(admin: Path) -> Path:
    """Where it is written."""
    return admin / ".history" / "passed.json"


def test_what_has_passed_is_not_tried_again(admin: Path) -> None:
    """By no other process, for a mail as for `check`. What was wrong all the same stops no mail."""
    folder = TemplateFolder(admin)
    assert folder.problems() == []
    assert acknowledged(folder).subject.startswith("Re: ")
    assert len(folder.problems()) == 1


def test_another_text_is_tried(admin: Path) -> None:
    """Were it one letter that is another, in this place or in another one."""
    put(admin, FILE, f"{BROKEN} ")
    put(admin, "es/acknowledgement.md.j2", BROKEN)
    assert len(TemplateFolder(admin).problems()) == 2


@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", "null", "7", "{}", "[" * 100_000, '{"program": 1}', "\udcff"),
        '{"program": "PROGRAM"}',
        '{"program": "PROGRAM", "passed": []}',
        '{"program": "another", "passed": PASSED}',
    ],
)
def test_another_programs_word_and_a_damaged_one_count_for_nothing(
    admin: Path, content: str
) -> None:
    """After an update everything is tried again, and what is damaged is written anew."""
    held = json.loads(record(admin).read_bytes())
    content = content.replace("PROGRAM", held["program"])
    content = content.replace("PASSED", json.dumps(held["passed"]))
    record(admin).write_text(content, encoding="utf-8", errors="surrogateescape")

    folder = TemplateFolder(admin)
    assert len(folder.problems()) == 1
    put(admin, FILE, GOOD)
    keep_changes(folder, NOON)
    assert Trials(record(admin), LAYOUT).passed(PLACE, GOOD)


def test_a_pass_keeps_what_has_passed(tmp_path: Path) -> None:
    """With what others kept; of what failed nothing is kept, and nothing is written twice."""
    put(tmp_path, FILE, GOOD)
    put(tmp_path, "es/acknowledgement.md.j2", BROKEN)
    keep_changes(TemplateFolder(tmp_path), NOON)
    put(tmp_path, "layout.html.j2", "<html><body>{{ content }}</body></html>")
    folder = TemplateFolder(tmp_path)
    keep_changes(folder, NOON)

    held = json.loads(record(tmp_path).read_bytes())["passed"]
    assert sorted(held) == [FILE, "layout.html.j2"]
    assert not folder.trials.unkept()
    written = stamp_of(record(tmp_path))
    keep_changes(TemplateFolder(tmp_path), NOON)
    assert stamp_of(record(tmp_path)) == written


def test_where_nothing_can_be_written_everything_is_tried(tmp_path: Path) -> None:
    """Without a word: it costs time, and no mail."""
    put(tmp_path, FILE, GOOD)
    record(tmp_path).mkdir(parents=True)
    for _ in range(2):
        folder = TemplateFolder(tmp_path)
        keep_changes(folder, NOON)
        assert folder.trials.unkept()
        assert folder.problems() == []
    assert [path.name for path in record(tmp_path).parent.glob(".*")] == []
