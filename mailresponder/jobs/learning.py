"""`learn`: what staff said of their customers' anger becomes a correction, if it proves its worth.

Texts are read here and stay here: what is kept is weights of features, and figures.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from mailresponder.config import Config
from mailresponder.errors import MailresponderError
from mailresponder.jobs.learned import current, fits
from mailresponder.jobs.step import words_of
from mailresponder.listening import anger, learning, lexicon, validation, words
from mailresponder.listening.correction import Correction
from mailresponder.listening.learning import Sample
from mailresponder.listening.validation import Comparison
from mailresponder.policy.facts import Outcome
from mailresponder.store import corrections, labels
from mailresponder.store.corrections import CorrectionRow
from mailresponder.store.database import Store
from mailresponder.store.labels import Said

LEAST_LABELS = 50
LATEST = 500
"""How many of the last messages are looked at for what would change."""
_TACIT_EACH = 4
_MOST_TACIT = 5_000
"""How many messages that nobody objected to are learnt from: for each label, and in all."""
_SHOWN = 12
_LEAST_OF_A_KIND = 5

Shown = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """How many of some messages would be judged otherwise than today."""

    of: int
    to_angry: int
    to_calm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """What was learnt, and what it is worth."""

    correction: Correction
    labels: int
    angry: int
    """How many of them say so."""
    customers: int
    comparison: Comparison | None
    """None where one customer wrote all: nothing can be held out."""
    against: str
    """Why it is not put into force; empty: nothing speaks against it."""
    labelled: Change
    latest: Change

    @property
    def strongest(self) -> list[tuple[str, float]]:
        """The features that are corrected most."""
        weights = self.correction.weights.items()
        return sorted(weights, key=lambda pair: (-abs(pair[1]), pair[0]))[:_SHOWN]

    def shown(self) -> Shown:
        """As JSON has it; also what is kept of it."""
        compared = self.comparison
        return {
            "labels": self.labels,
            "angry": self.angry,
            "customers": self.customers,
            "model": self.correction.model,
            "before": compared.before.shown() if compared else None,
            "after": compared.after.shown() if compared else None,
            "gain": compared.gain if compared else None,
            "error": compared.error if compared else None,
            "better": compared.is_better if compared else False,
            "against": self.against or None,
            "labelled_changes": _change_shown(self.labelled),
            "latest_changes": _change_shown(self.latest),
            "bias": dict(self.correction.bias),
            "weights": len(self.correction.weights),
            "strongest": [[name, weight] for name, weight in self.strongest],
        }


def learn(store: Store, config: Config) -> Lesson:
    """Learn from all labels and try it out; changes nothing.

    Raises MailresponderError where there are too few labels.
    """
    with store.read() as conn:
        labelled = [said for said in labels.labelled(conn) if _text(said)]
        others = min(_MOST_TACIT, max(LATEST, _TACIT_EACH * len(labelled)))
        latest = [said for said in labels.latest(conn, others) if _text(said)]
        private = _names(conn, labelled, config)
        today = current(conn)
    if len(labelled) < LEAST_LABELS:
        raise MailresponderError(
            f"there are {len(labelled)} labels whose text is still there; "
            f"{LEAST_LABELS} are needed to learn from",
            mend="say it of more tickets: `mailresponder angry REF`, `not-angry REF`",
        )
    thresholds = _thresholds(config)
    default = config.desk.languages[0]
    samples = [_sample(said, default, thresholds) for said in labelled]
    recent = [_sample(said, default, thresholds) for said in latest]
    everything = [*samples, *(sample for sample in recent if sample.angry is None)]
    model = anger.fingerprint()
    correction = learning.fit(everything, model=model, private=private)
    compared = validation.compare(
        learning.held_out(everything, model=model, private=private), thresholds
    )
    return Lesson(
        correction=correction,
        labels=len(samples),
        angry=sum(bool(sample.angry) for sample in samples),
        customers=len({sample.customer for sample in samples}),
        comparison=compared,
        against=_against(samples, compared),
        labelled=_change(samples, today, correction, thresholds),
        latest=_change(recent[:LATEST], today, correction, thresholds),
    )


def is_stale(store: Store) -> bool:
    """Was what is in force learnt on another model than today's, so that it is not used?"""
    with store.read() as conn:
        row = corrections.in_force(conn)
    return row is not None and not fits(row)


def is_in_force(store: Store, lesson: Lesson) -> bool:
    """Is what was learnt the very thing that is in force already?"""
    with store.read() as conn:
        return current(conn) == lesson.correction


def put_into_force(store: Store, lesson: Lesson, *, now: datetime, by: str) -> CorrectionRow:
    """From the next pass on it is listened with; the one before it is kept."""
    with store.begin() as conn:
        return corrections.put_into_force(
            conn,
            model=lesson.correction.model,
            content=lesson.correction.to_json(),
            labels=lesson.labels,
            figures=lesson.shown(),
            by=by,
            at=now,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Undone:
    """What was taken out of force, and what is in force instead."""

    undone: CorrectionRow
    now: CorrectionRow | None
    """None: the shipped model stands alone."""


def undo(store: Store, *, now: datetime, by: str) -> Undone:
    """Go back to the correction before the one in force, or to the shipped model.

    Raises MailresponderError where the shipped model stands alone already.
    """
    with store.begin() as conn:
        undone = corrections.undo(conn, by=by, at=now)
        if undone is None:
            raise MailresponderError("nothing is learnt that could be undone")
        return Undone(undone=undone, now=corrections.in_force(conn))


def history(conn: Connection) -> list[Shown]:
    """Every correction there was, the newest first, as JSON has it."""
    force = corrections.in_force(conn)
    return [
        {
            "id": row.id,
            "at": row.at,
            "by": row.by,
            "state": _state(row, force),
            "labels": row.labels,
            "model": row.model,
            "figures": row.figures,
            "undone_at": row.undone_at,
            "undone_by": row.undone_by,
        }
        for row in corrections.history(conn)
    ]


def _state(row: CorrectionRow, force: CorrectionRow | None) -> str:
    if row.undone_at is not None:
        return "undone"
    if force is None or row.id != force.id:
        return "replaced"
    return "in force" if fits(row) else "of another model"


def _sample(said: Said, default: str, thresholds: Mapping[str, float]) -> Sample:
    language = said.language or default
    language = language if language in thresholds else default
    seen = anger.observe(_text(said), language)
    return Sample(
        customer=said.customer.casefold(),
        language=language,
        log_odds=seen.log_odds,
        features=seen.features,
        heard=validation.is_angry(seen.log_odds, thresholds[language]),
        angry=said.angry,
    )


def _text(said: Said) -> str:
    """What intake listened to: the subject of a reply is somebody else's. Empty where a mail had
    no words."""
    text = words_of(said.new_text)
    return f"{said.subject}\n{text}".strip() if said.outcome is Outcome.OPENED else text


def _names(conn: Connection, labelled: Iterable[Said], config: Config) -> frozenset[str]:
    """The words in customers' and staff's names and addresses: they are nobody's to learn. Those
    of the desk's own addresses, as claims@, are words of its trade."""
    own = config.desk_for(config.mailboxes[0].name).own_addresses
    told = [text for said in labelled for text in (said.name, said.customer.partition("@")[0])]
    told += [
        address.partition("@")[0]
        for address in labels.staff_addresses(conn)
        if address.casefold() not in own
    ]
    return frozenset(word for text in told for word in words.split(text.replace(".", " ")).folded)


def _thresholds(config: Config) -> dict[str, float]:
    """By language, the score from which on a text is angry for this desk."""
    fixed = config.anger.threshold
    return {
        language: anger.threshold(language) if fixed is None else fixed
        for language in lexicon.available()
    }


def _change(
    samples: Sequence[Sample],
    today: Correction | None,
    correction: Correction,
    thresholds: Mapping[str, float],
) -> Change:
    pairs = [
        (_is_angry(sample, today, thresholds), _is_angry(sample, correction, thresholds))
        for sample in samples
    ]
    return Change(
        of=len(pairs),
        to_angry=sum(after and not before for before, after in pairs),
        to_calm=sum(before and not after for before, after in pairs),
    )


def _is_angry(
    sample: Sample, correction: Correction | None, thresholds: Mapping[str, float]
) -> bool:
    moved = correction.shift(sample.features, sample.language) if correction else 0.0
    return validation.is_angry(sample.log_odds + moved, thresholds[sample.language])


def _against(samples: Collection[Sample], compared: Comparison | None) -> str:
    """Why what was learnt is not to be believed; empty where it is."""
    angry = sum(bool(sample.angry) for sample in samples)
    fewer = min(angry, len(samples) - angry)
    if fewer < _LEAST_OF_A_KIND:
        kind = "angry" if angry == fewer else "not angry"
        return (
            f"only {fewer} of the labels say {kind}, and with fewer than {_LEAST_OF_A_KIND} it "
            "cannot be seen what would be lost"
        )
    if compared is None or compared.error is None:
        return "too few customers wrote them to try it out on others than it was learnt from"
    if compared.is_better:
        return ""
    if compared.gain <= 0:
        return "on customers it was not learnt from it is no better than without"
    return "on customers it was not learnt from the gain is no more than chance can give"


def _change_shown(change: Change) -> Shown:
    return {"of": change.of, "to_angry": change.to_angry, "to_calm": change.to_calm}
