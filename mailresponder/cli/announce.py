"""`announce`: everyone who complained of a defect is told that it is fixed."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailresponder.cli import output
from mailresponder.cli.tickets import who
from mailresponder.errors import ExitStatus, MailresponderError

if TYPE_CHECKING:
    from mailresponder.jobs.announcing import Plan
    from mailresponder.policy.announcing import Said
    from mailresponder.policy.defects import Defect

_MOST_SHOWN = 20
"""People of a kind that are named one by one."""


@click.command("announce")
@click.argument("defect", metavar="DEFECT")
@click.option("--en", metavar="TEXT", help="Your sentences for customers who write English.")
@click.option("--es", metavar="TEXT", help="The same for those who write Spanish.")
@click.option("--words", "file", type=click.Path(path_type=Path), help="Both from a TOML file.")
@click.option("--max", "most", type=click.IntRange(min=1), help="Tell so many people only.")
@click.option("--send", is_flag=True, help="Do it; without this nobody is told.")
@click.option("--stop", is_flag=True, help="End it, and take back what has not left.")
@click.option("--json", "as_json", is_flag=True, help="A JSON object.")
@click.pass_context
def announce_command(
    ctx: click.Context,
    defect: str,
    en: str | None,
    es: str | None,
    file: Path | None,
    most: int | None,
    send: bool,
    stop: bool,
    as_json: bool,
) -> int:
    """Tell everyone who complained of a defect that it is fixed: one mail a person, in their
    language and thread, from the template `fixed` with your own sentences. Nobody is told twice.

    Without --send it only shows who would be told, what they would read, and who is left out and
    why. With it, the passes of `mailresponder run` write the mails, in working time, at most
    `[defects] announce_per_hour`. Only linked tickets count, not proposed ones.

    The file holds [words], and if you like [names], what was wrong in words for customers:
    en = "…", es = "…" in each.

    \b
    Examples:
      mailresponder announce "App crashes" --en "Please update to version 2.1." --es "Actualice
        a la versión 2.1."
      mailresponder announce "App crashes" --words fixed.toml --max 5 --send
      mailresponder announce "App crashes" --stop
    """
    from mailresponder.app import App
    from mailresponder.cli.context import load_config
    from mailresponder.jobs import announcing, defects
    from mailresponder.jobs.acts import Hand
    from mailresponder.logs import log_to_stderr

    if (send and stop) or (stop and (en or es or file or most)):
        raise click.UsageError("--stop stands alone", ctx)
    if file is not None and (en or es):
        raise click.UsageError("--words excludes --en and --es", ctx)
    said = _read(file) if file is not None else _said(en, es)
    config = load_config(ctx)
    log_to_stderr(verbose=ctx.obj["verbose"])
    with App.open(config, passes=False) as app:
        works = {name: runner.work for name, runner in app.mailboxes.items()}
        if stop:
            with app.store.begin() as conn:
                meant = defects.named(conn, defect)
                gone = defects.stop(Hand(conn=conn, now=app.clock(), by=who()), meant)
            output.say(f"“{meant.name}” is announced to nobody more; {gone} mails taken back.")
            return ExitStatus.OK
        with app.store.read() as conn:
            meant = defects.named(conn, defect)
            plan = announcing.plan(
                conn, meant, said, config=config, work_of=works.__getitem__, most=most
            )
        send = send and bool(plan.audience.to_tell)
        if send:
            with app.store.begin() as conn:
                hand = Hand(conn=conn, now=app.clock(), by=who())
                announcing.order(hand, defects.named(conn, defect), said, most=most)
    per_hour = config.defects.announce_per_hour
    if as_json:
        output.print_json({"defect": meant.id, "sent": send, **_shown(plan)})
    else:
        _say(meant, plan, per_hour=per_hour, send=send)
    return ExitStatus.OK


def _said(en: str | None, es: str | None) -> "Said":
    from mailresponder.policy.announcing import Said, checked

    try:
        return checked(Said(words={"en": en or "", "es": es or ""}, names={}))
    except ValueError as error:
        raise MailresponderError(str(error)) from None


def _read(file: Path) -> "Said":
    import tomllib

    from mailresponder.policy.announcing import Said, checked

    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise MailresponderError(f"{file}: {error.strerror or 'cannot be read'}") from error
    except ValueError as error:
        raise MailresponderError(f"{file}: {error}", mend="it is to be TOML, UTF-8") from error
    tables = [told.pop(name, {}) for name in ("words", "names")]
    texts = [text for table in tables if isinstance(table, dict) for text in table.values()]
    if told or not all(isinstance(one, dict) for one in tables):
        raise MailresponderError(f"{file}: it holds other things than [words] and [names]")
    if not all(isinstance(text, str) for text in texts):
        raise MailresponderError(f"{file}: each language is to hold a text")
    words, names = tables
    try:
        return checked(Said(words=words, names=names))
    except ValueError as error:
        raise MailresponderError(f"{file}: {error}") from None


def _shown(plan: "Plan") -> dict[str, Any]:
    return {
        "people": len(plan.audience.to_tell),
        "tickets": [
            {"reference": one.reference, "language": one.language} for one in plan.audience.to_tell
        ],
        "left_out": [
            {"reference": ticket.reference, "reasons": list(reasons)}
            for ticket, reasons in plan.audience.left_out
        ],
        "samples": [{"subject": one.subject, "text": one.text} for one in plan.samples],
        "languages_without_words": list(plan.silent),
    }


def _say(defect: "Defect", plan: "Plan", *, per_hour: int, send: bool) -> None:
    from mailresponder.policy.announcing import meaning
    from mailresponder.policy.defects import DefectState

    people = plan.audience.to_tell
    spoken = Counter(ticket.language for ticket in people)
    languages = ", ".join(f"{count} {code}" for code, count in spoken.most_common())
    output.say_marked(f"{defect.id}  {defect.name}", colour="cyan")
    output.say(f"To be told: {_people(len(people))}" + (f" ({languages})" if languages else ""))
    _say_some([f"{one.reference}  {one.language}  {one.customer.email}" for one in people])
    left_out = plan.audience.left_out
    if left_out:
        output.say(f"Left out: {_people(len(left_out))}")
    # Many may be left out for one reason: who was told before, say.
    for reasons, count in Counter(reasons for _, reasons in left_out).most_common():
        output.say(f"  {count}: {' '.join(map(meaning, reasons))}")
        some = [ticket for ticket, why in left_out if why == reasons]
        _say_some([f"  {one.reference}  {one.customer.email or 'unknown'}" for one in some])
    for sample in plan.samples:
        output.say()
        output.say_marked(f"Subject: {output.one_line(sample.subject)}", colour="cyan")
        for line in sample.text.splitlines():
            output.say(f"  | {line}")
    output.say()
    if plan.silent:
        output.say(f"No sentences of yours for {', '.join(plan.silent)}: the template's alone.")
    if send:
        output.say(f"The passes of `mailresponder run` tell them, at most {per_hour} an hour.")
    elif defect.state is DefectState.OPEN:
        output.say("Nobody is told: it is open. `mailresponder defect fixed` says that it is not.")
    elif not people:
        output.say("There is nobody to tell: only tickets that are linked to it count.")
    else:
        output.say("Nobody was told. --send does it.")


def _say_some(lines: Sequence[str]) -> None:
    for line in lines[:_MOST_SHOWN]:
        output.say(f"  {line}")
    if len(lines) > _MOST_SHOWN:
        output.say(f"  … and {len(lines) - _MOST_SHOWN} more: --json lists them all")


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"
