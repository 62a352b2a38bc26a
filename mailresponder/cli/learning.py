"""`learn`: from what staff said of anger to a correction of the model, and back."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from mailresponder.cli import output
from mailresponder.cli.tickets import who
from mailresponder.errors import ExitStatus

if TYPE_CHECKING:
    from mailresponder.jobs.learning import Change, Lesson
    from mailresponder.listening.validation import Figures
    from mailresponder.store.corrections import CorrectionRow
    from mailresponder.store.database import Store


@click.command("learn")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--undo", is_flag=True, help="Go back to what was in force before.")
@click.option("--list", "as_list", is_flag=True, help="List what was learnt so far.")
@click.option("--force", is_flag=True, help="Take it although it did not prove to be better.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object; with --list a list.")
@click.pass_context
def learn_command(
    ctx: click.Context, dry_run: bool, undo: bool, as_list: bool, force: bool, as_json: bool
) -> int:
    """Learn from what staff said with `angry` and `not-angry`: a small correction of the model, for
    this desk only. It is tried out on customers it was not learnt from, and put into force only
    if it is better there. Exit status 1 if it is not, or if there are fewer than 50 labels.

    No text leaves this machine; what is kept is weights of words that several customers use.

    \b
    Examples:
      mailresponder learn --dry-run
      mailresponder learn
      mailresponder learn --undo
    """
    if dry_run + undo + as_list > 1:
        raise click.UsageError("--dry-run, --undo and --list exclude one another", ctx)
    if force and (dry_run or undo or as_list):
        raise click.UsageError("--force is for learning alone", ctx)
    from mailresponder.cli.context import open_store
    from mailresponder.clock import utc_now
    from mailresponder.jobs import learning

    now = utc_now()
    with open_store(ctx) as (config, store):
        zone = config.desk.timezone
        if as_list:
            return _list(store, zone, as_json=as_json)
        if undo:
            return _undo(store, now, zone, as_json=as_json)
        if learning.is_stale(store):
            click.echo(
                "Note: what was learnt before is for another model than this version's and is not"
                " used: it is learnt anew",
                err=True,
            )
        lesson = learning.learn(store, config)
        known = learning.is_in_force(store, lesson)
        taken = not dry_run and not known and (force or not lesson.against)
        row = learning.put_into_force(store, lesson, now=now, by=who()) if taken else None
    if as_json:
        told = {"id": row.id if row else None, "in_force": taken or known}
        output.print_json({**told, **lesson.shown()})
    else:
        _say(lesson)
        if known:
            output.say()
            output.say("That is in force already: there is nothing new to learn.")
        else:
            _say_outcome(lesson, taken=taken, dry_run=dry_run)
    return ExitStatus.OK if taken or known or dry_run else ExitStatus.NOT_WELL


def _list(store: "Store", zone: ZoneInfo, *, as_json: bool) -> int:
    from mailresponder.jobs import learning

    with store.read() as conn:
        found = learning.history(conn)
    if as_json:
        output.print_json(found)
    elif not found:
        output.say("Nothing is learnt yet: the shipped model stands alone.")
    else:
        output.print_table(
            ("ID", "AT", "STATE", "LABELS", "LOG-LOSS", "BY"),
            [
                (
                    str(row["id"]),
                    output.when(row["at"], zone),
                    row["state"],
                    str(row["labels"]),
                    _fall(row["figures"]),
                    row["by"],
                )
                for row in found
            ],
        )
    return ExitStatus.OK


def _fall(figures: dict[str, Any]) -> str:
    before, after = figures["before"], figures["after"]
    return f"{before['log_loss']:.3f} -> {after['log_loss']:.3f}" if before and after else "-"


def _undo(store: "Store", now: datetime, zone: ZoneInfo, *, as_json: bool) -> int:
    from mailresponder.jobs import learning

    done = learning.undo(store, now=now, by=who())
    if as_json:
        force = done.now.id if done.now else None
        output.print_json({"undone": done.undone.id, "in_force": force})
        return ExitStatus.OK
    rest = "the shipped model stands alone"
    if done.now is not None:
        rest = f"{_named(done.now, zone)} is in force again"
    output.say(f"{_named(done.undone, zone)} is undone: from the next pass on {rest}.")
    return ExitStatus.OK


def _named(row: "CorrectionRow", zone: ZoneInfo) -> str:
    return f"No. {row.id}, learnt {output.when(row.at, zone)} ({zone.key}),"


def _say(lesson: "Lesson") -> None:
    calm = lesson.labels - lesson.angry
    output.say(
        f"Learnt from {lesson.labels} labels ({lesson.angry} angry, {calm} not angry) of"
        f" {lesson.customers} customers."
    )
    compared = lesson.comparison
    if compared is not None:
        output.say()
        output.say_marked("On customers it was not learnt from", colour="cyan")
        output.print_table(
            ("", "SHIPPED", "CORRECTED"),
            list(zip(_LABELS, _cells(compared.before), _cells(compared.after), strict=True)),
        )
        error = "?" if compared.error is None else f"{compared.error:.3f}"
        output.say(
            f"With what nobody objected to, the log-loss falls by {compared.gain:.3f}, standard"
            f" error {error}."
        )
    output.say()
    output.say_marked("Verdicts that differ from today's", colour="cyan")
    for what, change in (
        ("labelled messages", lesson.labelled),
        ("last messages", lesson.latest),
    ):
        output.say(f"  of {change.of} {what}: {_changed(change)}")
    output.say()
    output.say_marked("Corrected most, in log-odds", colour="cyan")
    every = [(f"every {code} text", shift) for code, shift in lesson.correction.bias.items()]
    for name, weight in [*every, *lesson.strongest]:
        output.say(f"  {weight:+.2f}  {output.one_line(_in_words(name))}")


def _in_words(name: str) -> str:
    """A feature as people call it: `refund… (en)` for any word that begins so."""
    language, colon, said = name.partition(":")
    if not colon:
        return name
    if said.startswith("^"):
        said = f"{said[1:]} at the beginning of a sentence"
    if said.endswith("*"):
        said = f"{said[:-1]}…"
    return f"{said.replace('#', '(number)')} ({language})"


_LABELS = ("log-loss", "ROC-AUC", "precision", "recall")


def _cells(figures: "Figures") -> tuple[str, ...]:
    called = figures.found + figures.false_alarms
    angry = figures.found + figures.missed
    return (
        f"{figures.log_loss:.3f}",
        "-" if figures.roc_auc is None else f"{figures.roc_auc:.3f}",
        _share(figures.precision, figures.found, called, "called angry"),
        _share(figures.recall, figures.found, angry, "angry"),
    )


def _share(share: float | None, found: int, of: int, what: str) -> str:
    return f"none {what}" if share is None else f"{share:.2f} ({found} of {of} {what})"


def _changed(change: "Change") -> str:
    number = change.to_angry + change.to_calm
    if not number:
        return "none"
    return f"{number} ({change.to_angry} to angry, {change.to_calm} to not angry)"


def _say_outcome(lesson: "Lesson", *, taken: bool, dry_run: bool) -> None:
    output.say()
    if dry_run:
        verdict = "it would be put into force"
        if lesson.against:
            verdict = f"it would not be put into force: {lesson.against}"
        output.say(f"Nothing was changed. Without --dry-run {verdict}.")
    elif not taken:
        output.say(f"Not put into force: {lesson.against}.")
        output.say("All stays as it was; --force takes it anyway.")
    else:
        forced = f" although {lesson.against}" if lesson.against else ""
        output.say(f"In force from the next pass on{forced}.")
        output.say("`mailresponder learn --undo` goes back.")
