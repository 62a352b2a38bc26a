"""What stood in a template before."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailresponder.store.template_history import MOST, Failure, History, Version
from mailresponder.store.template_places import Place

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PLACE = Place(name="admin", language="es", mailbox="support")
FILE = "mailboxes/support/es/admin.md.j2.jsonl"


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Nothing has been written yet."""
    return History(tmp_path / ".history")


def add(history: History, text: str | None) -> Version:
    """One more version."""
    return history.append(PLACE, at=NOW, by="ana", note="why", text=text, good=True)


def test_versions_are_read_as_they_were_written(history: History) -> None:
    """In order, numbered from 1, with any text; another reader sees the same."""
    texts = ["one\n", "two\u2028\u0085 'ñ' \x00", None, ""]
    written = [add(history, text) for text in texts]

    assert [version.number for version in written] == [1, 2, 3, 4]
    assert list(history.versions(PLACE)) == written
    assert list(History(history.folder).versions(PLACE)) == written
    assert history.newest(PLACE) == written[-1]
    assert list(history.places()) == [PLACE]


def test_nothing_was_written_yet(history: History) -> None:
    """No history is no versions, no failures and no places."""
    assert history.versions(PLACE) == ()
    assert history.newest(PLACE) is None
    assert history.failure(PLACE) is None
    assert list(history.places()) == []


@pytest.mark.parametrize(
    "torn",
    [
        *(b'{"at": "2026-', b"\xff\xfe", b"[]", b"{}", b"null", b"7", b"[" * 100_000),
        b'{"at": "0001-01-01T00:00:00+00:00", "text": ""}',
        b'{"at": "2026-01-01T00:00:00+00:00", "text": "\\ud800"}',
        b'{"at": "2026-01-01T00:00:00+00:00", "text": "", "by": "\\ud800"}',
    ],
)
def test_a_torn_line_is_passed_over(history: History, torn: bytes) -> None:
    """A process that died while it wrote costs its own line, and no later one."""
    first = add(history, "one")
    with (history.folder / FILE).open("ab") as file:
        file.write(torn)
    assert history.versions(PLACE) == (first,)

    second = add(history, "two")
    assert second.number == 2
    assert History(history.folder).versions(PLACE) == (first, second)


@pytest.mark.parametrize("number", ["Infinity", "1e400", '"x"', "null", "-3", "1", "1.5", "[]"])
def test_a_number_that_is_none_is_counted_anew(history: History, number: str) -> None:
    """Each version has a number that no other has, whatever somebody wrote there."""
    add(history, "one")
    with (history.folder / FILE).open("a", encoding="utf-8") as file:
        file.write(f'{{"at": "2026-01-01T00:00:00+00:00", "text": "x", "number": {number}}}\n')
    assert [version.number for version in history.versions(PLACE)] == [1, 2]


def test_other_files_among_the_histories_are_left_alone(history: History) -> None:
    """Whatever they are called."""
    add(history, "one")
    for name in (".jsonl", "mailboxes.jsonl", "mailboxes/a.jsonl", "en/poem.md.j2.jsonl"):
        path = history.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("", encoding="utf-8")
    assert list(history.places()) == [PLACE]


@pytest.mark.parametrize(
    "damaged",
    ["[]", "[" * 100_000, '{"digest": "a", "line": Infinity, "message": ""}', "\udcff"],
)
def test_a_damaged_failure_is_none(history: History, damaged: str) -> None:
    """As if nothing had been written down."""
    history.set_failure(PLACE, Failure(digest="abc", line=3, message=""))
    path = history.folder / FILE.replace(".jsonl", ".failed.json")
    path.write_text(damaged, encoding="utf-8", errors="surrogateescape")
    assert history.failure(PLACE) is None


def test_the_oldest_give_way(history: History) -> None:
    """So many are kept; those that are left keep their numbers."""
    for number in range(MOST + 2):
        add(history, str(number))

    versions = History(history.folder).versions(PLACE)
    assert len(versions) == MOST
    assert [versions[0].number, versions[-1].number] == [3, MOST + 2]
    assert [versions[0].text, versions[-1].text] == ["2", str(MOST + 1)]


def test_of_a_huge_history_the_end_is_kept(history: History) -> None:
    """Whoever made it so: it is read within bounds, and the next version makes it short again."""
    add(history, "one")
    path = history.folder / FILE
    with path.open("ab") as file:
        file.truncate(10**9)
    last = [add(history, text) for text in ("two", "three")]

    assert history.versions(PLACE)[-2:] == tuple(last)
    assert path.stat().st_size < 1000
    again = history.versions(PLACE)
    assert add(history, "four").number == again[-1].number + 1


def test_a_failure_is_kept(history: History) -> None:
    """The latest of each template, for whoever reads it."""
    for line in (3, 5):
        history.set_failure(PLACE, Failure(digest="abc", line=line, message="«ñ»"))

    assert History(history.folder).failure(PLACE) == Failure(digest="abc", line=5, message="«ñ»")
    assert history.failure(replace(PLACE, language="en")) is None


def test_a_history_that_is_a_link_is_not_followed(history: History, tmp_path: Path) -> None:
    """A link laid there would have this process write elsewhere."""
    elsewhere = tmp_path / "elsewhere"
    path = history.folder / FILE
    path.parent.mkdir(parents=True)
    path.symlink_to(elsewhere)

    with pytest.raises(OSError, match="symbolic links"):
        add(history, "one")
    assert not elsewhere.exists()


def test_what_is_in_the_way_is_named(history: History, tmp_path: Path) -> None:
    """Nothing where it can be made or written; a file in its place is named."""
    assert history.obstacle() == ""
    assert not history.folder.exists()
    add(history, "one")
    assert history.obstacle() == ""
    blocked = History(tmp_path / "file" / ".history")
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert blocked.obstacle() == f"{tmp_path / 'file'} is no folder"
