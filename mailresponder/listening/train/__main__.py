"""The training program: labelled messages in, weights and a model card out."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
import numpy as np

from mailresponder.errors import MailresponderError
from mailresponder.listening.train import corpus, trial
from mailresponder.listening.train.card import Scorer, Trial, card
from mailresponder.listening.train.figures import Floats
from mailresponder.listening.weights import Weights, fingerprint_of, folder


@click.command()
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="The folder of public sets, as en_goemotions.jsonl.gz.",
)
@click.option(
    "--messages",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of our own messages. Default: the shipped ones.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write model.toml, weights.tsv and MODEL.md. Default: over the shipped ones.",
)
@click.option("--semantic", is_flag=True, help="Fit the second opinion too: ten minutes more.")
def main(data: Path, messages: Path | None, output: Path | None, *, semantic: bool) -> None:
    """Find the weights by which anger is heard, and try them on messages they have not met.

    What of the second opinion is shipped belongs to one model: fit it anew with each.
    Needs the extra `train`. Takes some minutes; the same data give the same files.
    """
    try:
        sources = [*corpus.own(messages), *corpus.public(data)]
    except MailresponderError as error:
        raise click.ClickException(str(error)) from error
    trials = []
    for language in sorted({source.language for source in sources if source.own}):
        _say(f"{language}: reading")
        reads = [trial.read(source) for source in sources if source.language == language]
        trials.append(_try(language, reads))
    target = output or Path(str(folder()))
    target.mkdir(parents=True, exist_ok=True)
    _write(target, trials)
    sections = [_second_opinion(target, trials)] if semantic else []
    _say("figures for the model card")
    (target / "MODEL.md").write_text(card(trials, _rivals(), *sections), encoding="utf-8")
    _say(f"written to {target}")


def _try(language: str, reads: Sequence[trial.Read]) -> Trial:
    trainable = [read for read in reads if read.source.trainable]
    _say(f"{language}: trying on writers it has not met")
    writer_unseen = trial.unseen(trainable, topics=False)
    _say(f"{language}: trying on topics it has not met")
    topics_unseen = trial.unseen(trainable, topics=True)
    own = [read for read in trainable if read.source.own]
    weights = trial.calibrated(
        trial.train(trainable),
        np.concatenate([writer_unseen[read.source.name] for read in own]),
        np.concatenate([read.angry for read in own]),
    )
    _say(f"{language}: trying on sets it was not trained on")
    raw = trial.uncalibrated(weights)
    source_unseen: dict[str, Floats] = {}
    for read in reads:
        if not read.source.own:
            others = [other for other in trainable if other is not read]
            model = trial.train(others) if read.source.trainable else raw
            source_unseen[read.source.name] = trial.scores(model, read)
    return Trial(
        language=language,
        weights=weights,
        sources=reads,
        writer_unseen=writer_unseen,
        topics_unseen=topics_unseen,
        source_unseen=source_unseen,
    )


def _write(target: Path, trials: Sequence[Trial]) -> None:
    lines, tables = [], []
    for tried in trials:
        table = {name: value for name, value in asdict(tried.weights).items() if name != "of"}
        settings = "\n".join(f"{name} = {value}" for name, value in table.items())
        tables.append(f"[{tried.language}]\n{settings}\n")
        lines += [
            f"{tried.language}\t{name}\t{weight}\n" for name, weight in _heaviest(tried.weights)
        ]
    (target / "model.toml").write_text("\n".join(tables), encoding="utf-8")
    (target / "weights.tsv").write_text("".join(lines), encoding="utf-8")


def _second_opinion(target: Path, trials: Sequence[Trial]) -> str:
    from mailresponder.listening.train import gains
    from mailresponder.listening.train import semantic as training

    _say("the second opinion: reading")
    try:
        samples = training.samples(trials)
    except MailresponderError as error:
        raise click.ClickException(str(error)) from error
    _say("the second opinion: fitting, and trying on what it has not met")
    second = training.second_opinion(trials, samples)
    files = (target / name for name in ("model.toml", "weights.tsv"))
    training.write(target, second, fingerprint_of(*(file.read_text("utf-8") for file in files)))
    return gains.section(second, {tried.language: tried.weights for tried in trials})


def _heaviest(weights: Weights) -> list[tuple[str, float]]:
    return sorted(weights.of.items(), key=lambda pair: (-abs(pair[1]), pair[0]))


def _rivals() -> dict[str, Scorer]:
    """What others offer, for the same run: scores as our log-odds, higher is angrier."""
    from textblob import TextBlob
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    vader = SentimentIntensityAnalyzer()

    def by_textblob(read: trial.Read) -> Floats:
        return np.array([-TextBlob(m.text).sentiment.polarity for m in read.source.messages])

    def by_vader(read: trial.Read) -> Floats:
        texts = (message.text for message in read.source.messages)
        return np.array([-vader.polarity_scores(text)["compound"] for text in texts])

    return {"TextBlob polarity": by_textblob, "VADER": by_vader}


def _say(what: str) -> None:
    click.echo(what, err=True)


if __name__ == "__main__":
    sys.exit(main())
