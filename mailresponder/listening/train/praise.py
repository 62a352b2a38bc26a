"""Fits the weights by which praise is heard, on our own messages: the content ones against all
others, the sarcastic and the furiously polite among them.

    python -m mailresponder.listening.train.praise

writes `praise.toml` and `praise.tsv` and prints how well writers are heard that it has not met. The
machinery is that of anger; the label is another, and no weight is named by hand.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
import numpy as np

from mailresponder.listening import praise
from mailresponder.listening.lexicon import load
from mailresponder.listening.train import corpus, fitting
from mailresponder.listening.train.corpus import Source
from mailresponder.listening.train.figures import Flags, Floats
from mailresponder.listening.train.trial import Read
from mailresponder.listening.weighing import Weighed
from mailresponder.listening.weights import Weights, by_hand, folder

_FREEDOM = 4.0
"""Against anger: nothing is named by hand that it could keep to."""
_LEAST = 0.08
"""A weight below this is left out."""


@click.command()
def main() -> None:
    """Fit the weights of praise. Needs the extra `train`; takes a minute."""
    tables, lines = [], []
    sources = corpus.own()
    for language in sorted({source.language for source in sources}):
        reads = [_read(source) for source in sources if source.language == language]
        click.echo(f"{language}: {_figures(reads)}", err=True)
        weights = _train(reads)
        tables.append(f"[{language}]\nbias = {weights.bias}\n")
        heaviest = sorted(weights.of.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
        lines += [f"{language}\t{name}\t{weight}\n" for name, weight in heaviest]
    target = Path(str(folder()))
    (target / "praise.toml").write_text("\n".join(tables), encoding="utf-8")
    (target / "praise.tsv").write_text("".join(lines), encoding="utf-8")


def _read(source: Source) -> Read:
    """The source read as `praise` reads, with praise for a label."""
    messages = tuple(replace(m, angry=m.kind == "happy") for m in source.messages)
    readings = tuple(praise.reading(m.text, source.language) for m in messages)
    return Read(source=replace(source, messages=messages), readings=readings)


def _train(reads: Sequence[Read]) -> Weights:
    language = reads[0].source.language
    found = fitting.fit(
        language,
        [(read.source, read.vectors()) for read in reads],
        hand=dict.fromkeys(by_hand(load(language)), 0.0),
        freedom=_FREEDOM,
    )
    of = {name: weight for name, weight in found.of.items() if abs(weight) >= _LEAST}
    return praise.weights(round(found.bias, 3), of)


def _figures(reads: Sequence[Read]) -> str:
    """Precision and recall on writers that it has not met."""
    told, true = [], []
    for held in reads:
        weights = _train([read for read in reads if read is not held])
        scores: Floats = np.array([Weighed(r, weights).log_odds for r in held.readings])
        told.append(scores >= 0)
        true.append(held.angry)
    said: Flags = np.concatenate(told)
    is_so: Flags = np.concatenate(true)
    both = int((said & is_so).sum())
    return f"precision {both / said.sum():.2f}, recall {both / is_so.sum():.2f} of {is_so.sum()}"


if __name__ == "__main__":
    sys.exit(main())
