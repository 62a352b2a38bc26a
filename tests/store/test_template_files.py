"""Template files as files."""

import os
import resource
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mailresponder.errors import MailresponderError
from mailresponder.store import template_files
from mailresponder.store.template_files import (
    create_file,
    read,
    replace_file,
    require_inside,
    stamp_of,
)
from mailresponder.templating.sandbox import MAX_SOURCE


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"\xef\xbb\xbfa", "a"),
        ("año".encode("latin-1"), "año"),
        ("año\r\n".encode("utf-16"), "año\n"),
        (b"\xff\xfea", "\ufffd"),
        (b"", ""),
    ],
)
def test_any_file_can_be_shown(tmp_path: Path, data: bytes, shown: str) -> None:
    """Whatever an editor saved, the page can open it, and no letter is lost that could be read."""
    path = tmp_path / "file"
    path.write_bytes(data)
    assert read(path).shown() == shown


def test_a_file_is_read_within_bounds(tmp_path: Path) -> None:
    """Of a file longer than any template only so much is read, and that it is longer is told."""
    path = tmp_path / "file"
    path.write_bytes(b"x" * 4 * MAX_SOURCE)
    assert not read(path).too_long
    path.write_bytes(b"x" * 10 * MAX_SOURCE)
    content = read(path)
    assert content.too_long
    assert len(content.data) == 4 * MAX_SOURCE + 1


@pytest.mark.parametrize(("at", "year"), [(-(2**35), 1970), (0, 1970), (2**33, 2242)])
def test_any_time_of_a_file_can_be_shown(tmp_path: Path, at: int, year: int) -> None:
    """Also one that no calendar has, as a backup or a broken clock may leave."""
    path = tmp_path / "file"
    path.write_bytes(b"x")
    os.utime(path, (at, at))
    assert read(path).changed_at.year == year


def test_what_is_no_file_is_not_read(tmp_path: Path) -> None:
    """A pipe would be waited for without end; it and a folder are errors."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path):
        with pytest.raises(OSError, match="it is"):
            read(path)


def test_a_replaced_file_is_whole_and_keeps_who_may_edit_it(tmp_path: Path) -> None:
    """The mode of the file before is kept, nothing else is left behind, and the stamp changes."""
    path = tmp_path / "en" / "admin.md.j2"
    replace_file(path, "one")
    path.chmod(0o664)
    before = stamp_of(path)
    replace_file(path, "two")

    assert path.read_text(encoding="utf-8") == "two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o664
    assert stamp_of(path) != before
    assert [p.name for p in path.parent.iterdir()] == ["admin.md.j2"]


def test_a_file_that_cannot_be_replaced_stays(tmp_path: Path) -> None:
    """A text that cannot be encoded leaves the file as it was, and no other."""
    path = tmp_path / "file"
    replace_file(path, "one")
    with pytest.raises(UnicodeEncodeError):
        replace_file(path, "\ud800")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert path.read_text(encoding="utf-8") == "one"


def test_a_new_file_is_whole_or_is_not_there(tmp_path: Path) -> None:
    """A disk that is full leaves no half of one, which nobody would get a second copy of."""
    path = tmp_path / "en" / "file"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            create_file(path, "more than five")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not path.exists()

    create_file(path, "one")
    with pytest.raises(FileExistsError):
        create_file(path, "two")
    assert path.read_text(encoding="utf-8") == "one"


KILLED = """
import os, signal, sys
from pathlib import Path
from mailresponder.store.template_files import replace_file
Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
replace_file(Path(sys.argv[1]), "two" * 1000)
"""


def test_killed_between_writing_and_renaming(tmp_path: Path) -> None:
    """The file is the one before, and what the dead process left is in nobody's way."""
    path = tmp_path / "file"
    replace_file(path, "one")
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)

    assert done.returncode == -signal.SIGKILL
    assert path.read_text(encoding="utf-8") == "one"
    assert len(list(tmp_path.iterdir())) == 2
    replace_file(path, "three")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]
    assert path.read_text(encoding="utf-8") == "three"


def test_a_link_is_not_written_over(tmp_path: Path) -> None:
    """Neither a file nor a folder that is a link leading elsewhere; a folder of templates that is
    a link itself is as good as any."""
    folder, elsewhere = tmp_path / "templates", tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder.mkdir()
    (folder / "en").mkdir()
    (folder / "en" / "admin.md.j2").symlink_to(elsewhere / "file")
    (folder / "es").symlink_to(elsewhere)
    (tmp_path / "link").symlink_to(folder)

    with pytest.raises(MailresponderError, match="a link to another file"):
        require_inside(folder / "en" / "admin.md.j2", folder)
    with pytest.raises(MailresponderError, match="leads out of"):
        require_inside(folder / "es" / "admin.md.j2", folder)
    require_inside(tmp_path / "link" / "en" / "test.md.j2", tmp_path / "link")
    require_inside(folder / "new" / "test.md.j2", folder)


def test_a_lock_is_had_by_one(tmp_path: Path) -> None:
    """Nobody else has it meanwhile, and the next one has it afterwards."""
    path = tmp_path / "new" / "lock"
    with (
        template_files.lock(path, patient=False) as mine,
        template_files.lock(path, patient=False) as theirs,
    ):
        assert (mine, theirs) == (True, False)
    with template_files.lock(path, patient=True) as again:
        assert again
