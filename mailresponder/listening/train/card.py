"""Writes the model card: what the model was made of, how well it does, and where it falls short."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mailresponder.listening.train.corpus import LICENCES
from mailresponder.listening.train.figures import (
    Flags,
    Floats,
    interval,
    pr_auc,
    recall_at,
    reliability,
    roc_auc,
    threshold_at,
)
from mailresponder.listening.train.trial import Read, counted, probability
from mailresponder.listening.weights import Weights

Scorer = Callable[[Read], Floats]
_EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_PRECISIONS = (0.6, 0.7, 0.8, 0.85)
_FEW = 5000
"""Up to so many messages an interval takes 1,000 rounds, beyond 200."""
_LANGUAGES = {"en": "English", "es": "Spanish"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """One language's model and what it was tried on."""

    language: str
    weights: Weights
    sources: Sequence[Read]
    writer_unseen: Mapping[str, Floats]
    """Log-odds of our own sources by name, by a model that has not met their writer."""
    topics_unseen: Mapping[str, Floats]
    """Nor their topics."""
    source_unseen: Mapping[str, Floats]
    """Log-odds of each public set by a model that was not trained on it."""


def card(trials: Sequence[Trial], rivals: Mapping[str, Scorer], *sections: str) -> str:
    """The model card in Markdown; the same trials give the same card. `sections` are put before
    its limits."""
    parts = [_HEAD, _data(trials)]
    for trial in trials:
        parts += [f"## {_LANGUAGES.get(trial.language, trial.language)}", _on_sets(trial, rivals)]
        parts += [_on_own(trial), _by_how(trial), _reliability(trial)]
    return "\n\n".join([*parts, *sections, _LIMITS]) + "\n"


def figures(scores: Floats, angry: Flags) -> str:
    """ROC-AUC, PR-AUC and recall at 90 % precision, each with its 95 % interval."""
    cells = []
    rounds = 1000 if len(scores) <= _FEW else 200
    for figure in (roc_auc, pr_auc, _recall_at_90):
        low, high = interval(figure, scores, angry, rounds=rounds)
        cells.append(f"{_short(figure(scores, angry))} ({_short(low)}-{_short(high)})")
    return " | ".join(cells)


def _recall_at_90(scores: Floats, angry: Flags) -> float:
    return recall_at(0.9, scores, angry)


def _short(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def _data(trials: Sequence[Trial]) -> str:
    rows = ["| set | messages | angry | licence |", "|---|---|---|---|"]
    for trial in trials:
        for read in trial.sources:
            source = read.source
            if source.trainable:
                licence = "our own" if source.own else LICENCES[source.name]
                angry = int(read.angry.sum())
                rows.append(f"| {source.title} | {len(source.messages)} | {angry} | {licence} |")
    return "## Trained on\n\n" + "\n".join(rows)


def _on_sets(trial: Trial, rivals: Mapping[str, Scorer]) -> str:
    rows = [
        "Sets of others. What we may train on is scored by a model that was not trained on it.",
        "",
        "| set (angry of all) | scorer | ROC-AUC | PR-AUC | recall at 90 % precision |",
        "|---|---|---|---|---|",
    ]
    flagged = []
    for read in trial.sources:
        if read.source.own:
            continue
        angry, log_odds = read.angry, trial.source_unseen[read.source.name]
        share = float((probability(trial.weights, log_odds) >= trial.weights.threshold).mean())
        flagged.append(f"| {read.source.title} | {100 * share:.2f} % |")
        if not angry.any():
            continue
        title = f"{read.source.title} ({int(angry.sum())} of {len(angry)})"
        rows.append(f"| {title} | **ours** | {figures(log_odds, angry)} |")
        rows += [f"| | {name} | {figures(of(read), angry)} |" for name, of in rivals.items()]
    return "\n".join([*rows, "", "| set | flagged as angry |", "|---|---|", *flagged])


def _on_own(trial: Trial) -> str:
    rows = [
        (
            "Our own messages, file by file: by a model that has not met the writer, and by one "
            "that has met neither the writer nor the topics."
        ),
        "",
        "| file | writer unseen: ROC-AUC | PR-AUC | recall at 90 % | topics unseen: ROC-AUC |",
        "|---|---|---|---|---|",
    ]
    for read in trial.sources:
        name = read.source.name
        if read.source.own:
            other = _short(roc_auc(trial.topics_unseen[name], read.angry))
            known = figures(trial.writer_unseen[name], read.angry)
            rows.append(f"| {read.source.title} | {known} | {other} |")
    return "\n".join(rows)


def _by_how(trial: Trial) -> str:
    """Where it falls short: by the way in which a message is angry or is not."""
    limit = trial.weights.threshold
    flagged: Counter[tuple[str, str]] = Counter()
    all_: Counter[tuple[str, str]] = Counter()
    for read in trial.sources:
        if read.source.own:
            likely = probability(trial.weights, trial.writer_unseen[read.source.name])
            for message, score in zip(read.source.messages, likely, strict=True):
                key = ("angry" if message.angry else "not angry", message.how)
                all_[key] += 1
                flagged[key] += bool(score >= limit)
    rows = ["Flagged at the threshold, by the way it is said (writer unseen):", ""]
    rows += ["| label | how | flagged |", "|---|---|---|"]
    for key in sorted(all_):
        rows.append(f"| {key[0]} | {key[1]} | {flagged[key]} of {all_[key]} |")
    return "\n".join(rows)


def _reliability(trial: Trial) -> str:
    own = [read for read in trial.sources if read.source.own]
    angry = np.concatenate([read.angry for read in own])
    log_odds = np.concatenate([trial.writer_unseen[read.source.name] for read in own])
    likely = probability(trial.weights, log_odds)
    limit, upset = trial.weights.threshold, trial.weights.upset
    rows = [
        (
            f"Angry from {limit} on: 80 % precise, recall {(likely[angry] >= limit).mean():.2f}. "
            f"Upset from {upset} on: 50 % precise, recall {(likely[angry] >= upset).mean():.2f}. "
            "Where a quarter of the mail is angry."
        ),
        "",
        "| precision wanted | `[anger] threshold` | recall |",
        "|---|---|---|",
        *(_choice(precision, likely, angry) for precision in _PRECISIONS),
        "",
        "| score | messages | mean score | share angry |",
        "|---|---|---|---|",
    ]
    for low, high, n, mean, share in reliability(likely, angry, counted(angry), _EDGES):
        rows.append(f"| {low:.2f}-{high:.2f} | {n} | {mean:.2f} | {share:.2f} |")
    return "\n".join(rows)


def _choice(precision: float, likely: Floats, angry: Flags) -> str:
    limit = threshold_at(precision, likely, angry, counted(angry))
    return f"| {precision:.2f} | {limit:.2f} | {(likely[angry] >= limit).mean():.2f} |"


_HEAD = """# Model card: anger in customers' messages

Written by `python -m mailresponder.listening.train`; the same data give the same card and weights.

**What it is.** A linear model: cues of a hand-written lexicon, shapes of writing (capitals, `!!`),
words, beginnings of words and pairs of words, each with one weight in `weights.tsv`. Logistic
regression around the weights the lexicon names by hand. The whole text and its worst sentence are
weighed; Platt scaling makes the sum a probability, with a quarter of all mail taken to be angry.

**What it is for.** Which customers' mails staff see first. Not for judging people, not for closing
or delaying anything. A score is a chance: at the threshold one flag in five is wrong.

**What "angry" means.** The writer shows anger, annoyance, indignation or contempt: insult, reproach
with heat, shouting, sarcasm at the company, a heated threat to leave or sue. A problem told calmly,
disappointment, sadness, worry and urgency are not anger.

Figures in brackets are 95 % intervals (bootstrap over messages)."""

_LIMITS = """## Limits

- Our own messages were written by language models at our request, each file by another writer with
  a brief of its own, and labelled by the writer: see `messages/README.md`. They are fluent and
  wittier than most mail. A model that learns how these writers write does better on them than on
  real mail, so they count less than their number in the fit, and the sets of others above say more.
- The lexicon was also mended by reading what the model got wrong on the development sets `support`
  of both languages. Before that it had a ROC-AUC of .898 there in English and .878 in Spanish: of
  messages nobody has looked at, expect that rather than what the tables above say.
- Implicit reproach, rhetorical questions and irony without a strong word are missed most.
- A cue is a cue in a story too: "my boss was furious" may be heard as the writer's own anger.
- Of languages: Spanish of Spain and of Latin America, English of many countries; slang of others
  and mixtures of languages are heard less well.
- Words that say what a message is about are capped, and no figure was broken down by the writer's
  sex, age or origin: the labels do not hold them."""
