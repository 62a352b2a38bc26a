import json
from pathlib import Path

from mailresponder.store.database import Store


def test_json_is_the_interface_s(run, desk_file: Path) -> None:
    """`check --json` is a list of objects with the interface's keys; a failing one means 1."""
    done = run("--config", str(desk_file), "check", "--json")

    results = json.loads(done.out)
    assert done.status == 1
    assert all(list(result) == ["name", "ok", "detail", "mend"] for result in results)
    assert [r["name"] for r in results if not r["ok"]] == ["support.imap", "support.smtp"]


def test_people_read_what_to_mend(run, desk_file: Path) -> None:
    """Every failing check is a line with what is wrong, and one with what to do."""
    done = run("--config", str(desk_file), "check")

    assert done.status == 1
    assert "FAILED  support.imap: 127.0.0.1:1" in done.out
    assert "  -> " in done.out
    assert "ok      database" in done.out
    assert "correct horse" not in done.out + done.err


def test_mistakes_of_the_configuration_are_results(run, desk_file: Path) -> None:
    """A broken configuration is status 78, and with --json still a list of results."""
    text = desk_file.read_text(encoding="utf-8").replace("Europe/Madrid", "Europe/Madird")
    desk_file.write_text(text + "colour = 1\n", encoding="utf-8")

    done = run("--config", str(desk_file), "check", "--json")

    results = json.loads(done.out)
    assert done.status == 78
    assert [result["ok"] for result in results] == [False, False]
    assert any("timezone" in result["detail"] for result in results)
    assert "timezone" in done.err


def test_checking_leaves_the_store_as_it_is(run, desk_file: Path, store: Store) -> None:
    """A desk at work can be checked: its database is opened beside it."""
    with store.read():
        done = run("--config", str(desk_file), "check", "--json")

    by_name = {result["name"]: result["ok"] for result in json.loads(done.out)}
    assert by_name["database"] is True
