"""What strangers can reach holds its promises, whatever they send. Longer: `tests/fuzz/run.py`."""

import subprocess
import sys
from pathlib import Path

import pytest
from fuzz.targets import TARGETS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from program import ROOT

FEW = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def spoilt(draw: st.DrawFn, seeds: list[bytes], words: tuple[bytes, ...]) -> bytes:
    """A seed that was cut, doubled, spliced with another, or had a telling word put in."""
    data = bytearray(draw(st.sampled_from(seeds)))
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 200)))
        match draw(st.sampled_from(["cut", "double", "splice", "put", "turn"])):
            case "cut":
                del data[start:end]
            case "double":
                data[end:end] = data[start:end] * draw(st.integers(1, 20))
            case "splice":
                other = draw(st.sampled_from(seeds))
                data[start:] = other[draw(st.integers(0, len(other))) :]
            case "turn" if start < len(data):
                data[start] ^= 1 << draw(st.integers(0, 7))
            case _:
                word = draw(st.sampled_from(words) if words else st.binary(max_size=4))
                data[start:start] = word * draw(st.integers(1, 30))
    return bytes(data[:20_000])


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_holds_its_promise(name: str) -> None:
    """Seeds of every kind, spoilt in every way, and any bytes at all."""
    target = TARGETS[name]
    seeds = list(target.seeds())
    for seed in seeds:
        target.run(seed)

    @FEW
    @given(st.binary(max_size=300) | spoilt(seeds, target.words))
    def holds(data: bytes) -> None:
        target.run(data)

    holds()


def test_the_fuzzer_runs() -> None:
    """`run.py` finds its target, instruments the program and ends well after so many inputs."""
    pytest.importorskip("atheris")
    done = subprocess.run(
        [sys.executable, Path("tests/fuzz/run.py"), "command", "--runs", "300"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2_000:]
    assert "stat::number_of_executed_units: 3" in done.stderr
