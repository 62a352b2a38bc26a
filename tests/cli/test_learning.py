import json
from pathlib import Path

import pytest
from teaching import FURY, TRADE, teach

from mailresponder.store import corrections
from mailresponder.store.database import Store


@pytest.fixture
def taught(store: Store) -> Store:
    """A store with sixty labels."""
    with store.begin() as conn:
        teach(conn, 60)
    return store


def test_learning_says_what_it_changes_and_is_in_force(run, desk_file: Path, taught: Store) -> None:
    """Figures before and after with their counts, verdicts that change, words; then it holds."""
    done = run("--config", str(desk_file), "learn")

    assert done.status == 0
    for told in (
        "Learnt from 60 labels (20 angry, 40 not angry) of 60 customers.",
        "log-loss",
        "ROC-AUC",
        "(20 of 40 called angry)",
        "(20 of 20 angry)",
        "of 60 labelled messages: 20 (0 to angry, 20 to not angry)",
        "of 60 last messages: 20 (0 to angry, 20 to not angry)",
        "every en text",
        "In force from the next pass on.",
    ):
        assert told in done.out
    with taught.read() as conn:
        assert corrections.in_force(conn) is not None


def test_a_dry_run_changes_nothing(run, desk_file: Path, taught: Store) -> None:
    """It says what would be, and leaves the shipped model alone."""
    done = run("--config", str(desk_file), "learn", "--dry-run")

    assert done.status == 0
    assert "Nothing was changed. Without --dry-run it would be put into force." in done.out
    with taught.read() as conn:
        assert corrections.history(conn) == []


def test_json_is_one_object(run, desk_file: Path, taught: Store) -> None:
    """`learn --json` has the figures as numbers and says whether it is in force."""
    shown = json.loads(run("--config", str(desk_file), "learn", "--json").out)

    assert (shown["id"], shown["in_force"], shown["better"], shown["against"]) == (
        1,
        True,
        True,
        None,
    )
    assert shown["before"]["log_loss"] > shown["after"]["log_loss"]
    assert shown["labelled_changes"] == {"of": 60, "to_angry": 0, "to_calm": 20}
    assert all(len(pair) == 2 for pair in shown["strongest"])


def test_too_few_labels_are_status_1(run, desk_file: Path, store: Store) -> None:
    """How many there are and how many are needed."""
    with store.begin() as conn:
        teach(conn, 12)

    done = run("--config", str(desk_file), "learn")

    assert done.status == 1
    assert "there are 12 labels" in done.err
    assert "50 are needed" in done.err


def test_what_is_not_better_is_taken_by_force_only(run, desk_file: Path, store: Store) -> None:
    """It says plainly why, and whoever knows better may take it all the same."""
    with store.begin() as conn:
        teach(conn, 150, trade=None)
        conn.exec_driver_sql("UPDATE labels SET angry = false")

    refused = run("--config", str(desk_file), "learn")
    with store.read() as conn:
        assert corrections.in_force(conn) is None
    taken = run("--config", str(desk_file), "learn", "--force")

    assert refused.status == 1
    assert "Not put into force: only 0 of the labels say angry" in refused.out
    assert taken.status == 0
    with store.read() as conn:
        assert corrections.in_force(conn) is not None


def test_undoing_and_the_list(run, desk_file: Path, taught: Store) -> None:
    """What was undone stays in the list; with nothing left to undo the status is 1."""
    assert "Nothing is learnt yet" in run("--config", str(desk_file), "learn", "--list").out
    run("--config", str(desk_file), "learn")
    assert "in force" in run("--config", str(desk_file), "learn", "--list").out

    undone = run("--config", str(desk_file), "learn", "--undo")

    assert undone.status == 0
    assert "the shipped model stands alone" in undone.out
    [row] = json.loads(run("--config", str(desk_file), "learn", "--list", "--json").out)
    assert (row["state"], row["labels"]) == ("undone", 60)
    assert run("--config", str(desk_file), "learn", "--undo").status == 1


def test_undoing_for_programs(run, desk_file: Path, taught: Store) -> None:
    """`--undo --json` names what was undone and what holds instead."""
    run("--config", str(desk_file), "learn")
    with taught.begin() as conn:
        teach(conn, 60, trade=None, by="luis", prefix="z")
    run("--config", str(desk_file), "learn", "--force")
    shown = json.loads(run("--config", str(desk_file), "learn", "--undo", "--json").out)
    assert shown == {"undone": 2, "in_force": 1}


def test_the_same_is_not_learnt_twice(run, desk_file: Path, taught: Store) -> None:
    """What is in force already is said to be, and adds nothing to the history."""
    run("--config", str(desk_file), "learn")
    again = run("--config", str(desk_file), "learn")
    assert (again.status, "nothing new to learn" in again.out) == (0, True)
    with taught.read() as conn:
        assert len(corrections.history(conn)) == 1


@pytest.mark.parametrize(
    "options", [["--undo", "--list"], ["--dry-run", "--undo"], ["--force", "--undo"]]
)
def test_options_that_exclude_one_another(run, desk_file: Path, options: list[str]) -> None:
    """Asking for two things at once is a usage error."""
    assert run("--config", str(desk_file), "learn", *options).status == 2


def test_score_listens_with_what_was_learnt(run, desk_file: Path, taught: Store) -> None:
    """With a configuration as the desk would, without one as the shipped model does."""

    def angry(text: str, *options: str) -> bool:
        done = run(*options, "score", "--jsonl", stdin=json.dumps({"text": text}).encode())
        verdict: bool = json.loads(done.out)["angry"]
        return verdict

    named = ("--config", str(desk_file))
    assert angry(TRADE, *named)
    run(*named, "learn")
    assert not angry(TRADE, *named)
    assert angry(FURY, *named)
    assert angry(TRADE)


def test_inspect_listens_with_what_was_learnt(run, desk_file: Path, taught: Store) -> None:
    """A stored mail is judged as intake would judge it today."""
    mail = b"From: new@customer.test\r\nSubject: My case\r\n\r\n" + TRADE.encode()

    def angry() -> bool:
        done = run("--config", str(desk_file), "inspect", "--json", "-", stdin=mail)
        verdict: bool = json.loads(done.out)["angry"]
        return verdict

    assert angry()
    run("--config", str(desk_file), "learn")
    assert not angry()


def test_another_model_s_correction_is_to_be_learnt_anew(
    run, desk_file: Path, taught: Store
) -> None:
    """After an upgrade `learn` and `check` say that what was learnt is not used."""
    run("--config", str(desk_file), "learn")
    with taught.begin() as conn:
        conn.exec_driver_sql("UPDATE corrections SET model = 'another'")

    checked = json.loads(run("--config", str(desk_file), "check", "--json").out)
    [result] = [one for one in checked if one["name"] == "learnt"]
    assert result["ok"]
    assert "not used" in result["detail"]
    assert result["mend"] == "learn anew: mailresponder learn"
    assert "learnt anew" in run("--config", str(desk_file), "learn").err
