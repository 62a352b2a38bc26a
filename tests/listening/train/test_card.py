"""The training program from end to end, on small invented files."""

import gzip
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from small import source

FILES = ("model.toml", "weights.tsv", "MODEL.md")


def write(folder: Path) -> tuple[Path, Path]:
    """Small public sets, one not to be trained on, and three writers of our own a language."""
    data, own = folder / "data", folder / "own"
    data.mkdir()
    own.mkdir()
    for language in ("en", "es"):
        for name in ("one", "two", "three"):
            (own / f"{language}_{name}.txt").write_text(
                "".join(
                    f"@@ {'A' if m.angry else 'C'} {m.how} {m.topic}\n{m.text}\n"
                    for m in source(language, name).messages
                ),
                encoding="utf-8",
            )
        for name in ("email", "support"):
            with gzip.open(data / f"{language}_{name}.jsonl.gz", "wt", encoding="utf-8") as file:
                for m in source(language, name).messages:
                    file.write(json.dumps({"t": m.text, "y": int(m.angry), "s": m.kind}) + "\n")
    return data, own


def train(data: Path, own: Path, output: Path) -> subprocess.CompletedProcess[str]:
    """Run the program."""
    command = [sys.executable, "-m", "mailresponder.listening.train", "--data", data]
    command += ["--messages", own, "--output", output]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """What two runs on the same files wrote."""
    folder = tmp_path_factory.mktemp("train")
    files = write(folder)
    outputs = folder / "first", folder / "again"
    for output in outputs:
        done = train(*files, output)
        assert done.returncode == 0, done.stderr
    return outputs


def test_the_same_data_give_the_same_files(trained: tuple[Path, Path]) -> None:
    """Weights, settings and card are the same, byte for byte."""
    first, again = trained
    assert {path.name for path in first.iterdir()} == set(FILES)
    for name in FILES:
        assert (first / name).read_bytes() == (again / name).read_bytes()


def test_what_is_written_is_a_model(trained: tuple[Path, Path]) -> None:
    """Both languages have settings and weights, the heaviest first."""
    settings = tomllib.loads((trained[0] / "model.toml").read_text(encoding="utf-8"))
    lines = (trained[0] / "weights.tsv").read_text(encoding="utf-8").splitlines()
    for language in ("en", "es"):
        assert 0 < settings[language]["upset"] <= settings[language]["threshold"] < 1
        rows = [line.split("\t") for line in lines if line.startswith(f"{language}\t")]
        sizes = [abs(float(weight)) for _, _, weight in rows]
        assert sizes
        assert sizes == sorted(sizes, reverse=True)


def test_the_card_says_what_was_learnt_from(trained: tuple[Path, Path]) -> None:
    """Sets with licences, rivals, reliability; what may not be trained on is only measured on."""
    card = (trained[0] / "MODEL.md").read_text(encoding="utf-8")
    learnt, _, tried = card.partition("## English")
    assert "| en_email | 48 | 24 |" in learnt
    assert "| en_one | 48 | 24 | our own |" in learnt
    assert "support" not in learnt
    for said in ("en_support (24 of 48)", "VADER", "TextBlob", "80 % precise", "exasperated"):
        assert said in tried
    assert "nan" not in card


def test_a_folder_without_data_is_said(tmp_path: Path) -> None:
    """The program ends with a sentence, not with a traceback."""
    _, own = write(tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    done = train(empty, own, tmp_path / "output")
    assert done.returncode == 1
    assert "holds no labelled messages" in done.stderr
    assert "Traceback" not in done.stderr
