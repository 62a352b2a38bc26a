"""`inspect` and `score`: what is heard in stored mails and in texts, and why."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mailresponder.cli import output, verdicts
from mailresponder.errors import ExitStatus
from mailresponder.printable import clean

if TYPE_CHECKING:
    from mailresponder.config import Config
    from mailresponder.jobs.inspection import Reader
    from mailresponder.listening.correction import Correction


@click.command("inspect")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, one line a file.")
@click.option("--to", metavar="ADDRESS", help="Read them as delivered to this address of ours.")
@click.pass_context
def inspect_command(
    ctx: click.Context, files: tuple[str, ...], as_json: bool, to: str | None
) -> int:
    """Explain how stored mails are read: what wrote them, what is new in them, how angry it is,
    and whether they would be acknowledged.

    Needs no mailbox and no configuration; one that is named by --config or $MAILRESPONDER_CONFIG
    says which addresses are ours and who is staff, and its database which ticket a mail belongs to
    and what became of it when it came. "-" is standard input.

    \b
    Examples:
      mailresponder inspect complaint.eml
      mailresponder inspect --json --to support@example.com mail/*.eml
    """
    if to is not None and not all(to.partition("@")):
        raise click.BadParameter("not an e-mail address", ctx=ctx, param_hint="--to")
    status = ExitStatus.OK
    with _reader(ctx, to) as (reader, zone):
        for number, name in enumerate(files):
            try:
                content = _read(name)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or "not a file name"
                click.echo(f"Error: {output.one_line(name)}: {reason}", err=True)
                status = ExitStatus.USAGE
                continue
            found = {"file": name, **reader.inspect(content, to=to)}
            if as_json:
                output.print_json_line(found)
            else:
                _say_in_words(found, zone, first=number == 0)
    return status


@click.command("score")
@click.option("--jsonl", is_flag=True, help='One {"text": ...} a line in, one answer a line out.')
@click.pass_context
def score_command(ctx: click.Context, jsonl: bool) -> int:
    """Say how angry a text on standard input is, from 0 to 1, and which words say so. With a
    configuration that is named by --config or $MAILRESPONDER_CONFIG, as its desk would: with its
    languages, its threshold and what its staff have taught.

    \b
    Examples:
      echo "Third time I write. Nobody answers!" | mailresponder score
      mailresponder score --jsonl < texts.jsonl
    """
    scorer = _Scorer(_named_config(ctx))
    if not jsonl:
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
        if not text.strip():
            _note("there was no text to read")
        _say_score(scorer.score(text))
        return ExitStatus.OK
    status = ExitStatus.OK
    for number, line in enumerate(sys.stdin.buffer, start=1):
        answer = scorer.answer(line)
        if "error" in answer:
            click.echo(f"Error: line {number}: {answer['error']}", err=True)
            status = ExitStatus.USAGE
        output.print_json_line(answer)
    return status


class _Scorer:
    """Scores texts as the desk would: its languages and threshold, or the program's own."""

    def __init__(self, config: "Config | None") -> None:
        from mailresponder.listening import lexicon

        codes = lexicon.available()
        others = (code for code in codes if code != "en")
        self._languages = config.desk.languages if config else ("en", *others)
        self._threshold = config.anger.threshold if config else None
        self._correction = _learnt(config) if config else None
        self._semantic = config.anger.semantic if config else False

    def score(self, text: str) -> dict[str, Any]:
        from mailresponder.listening import anger, language, lexicon

        said = language.detect(text, self._languages)
        spoken = said or language.likeliest(text, self._languages) or self._languages[0]
        heard = anger.hear_in(
            [spoken] if said else [spoken, *self._languages, *lexicon.available()],
            text,
            threshold=self._threshold,
            correction=self._correction,
            semantic=self._semantic,
        )
        return {
            "anger": heard.score,
            "angry": heard.angry,
            "language": spoken,
            "because": [[words, weight] for words, weight in heard.because],
            **heard.second_opinion_shown(),
            "language_sure": said is not None,
            "band": anger.band(heard.score, spoken, angry=heard.angry).value,
        }

    def answer(self, line: bytes) -> dict[str, Any]:
        """The score of one line of JSON, or what is wrong with the line."""
        try:
            asked = json.loads(line)
        except (ValueError, RecursionError):
            return {"error": "not JSON"}
        text = asked.get("text") if isinstance(asked, dict) else None
        if not isinstance(text, str):
            return {"error": 'not an object with a "text"'}
        return self.score(text)


def _learnt(config: "Config") -> "Correction | None":
    """What staff have taught, where there is a database to ask."""
    from mailresponder.jobs import learned
    from mailresponder.store.database import Store

    store = Store.open_existing(config.database_url())
    if store is None:
        return None
    with closing(store), store.read() as conn:
        return learned.current(conn)


@contextmanager
def _reader(ctx: click.Context, to: str | None) -> "Iterator[tuple[Reader, tzinfo]]":
    """Whose eyes the mails are read with, and the time zone of that desk."""
    from mailresponder.jobs import inspection

    config = _named_config(ctx)
    if config is None:
        _note("judged without a configuration; --config names one, and whose ticket it is")
        yield inspection.reader_without_desk(to), UTC
        return
    from mailresponder.clock import utc_now
    from mailresponder.store import secret
    from mailresponder.store.database import Store

    store = Store.open_existing(config.database_url())
    if store is None:
        _note("there is no database of this version yet: nothing is known of earlier mail")
    try:
        past = inspection.Past.of(store, now=utc_now()) if store is not None else None
        signer = secret.signer(config.secret_path, create=False)
        yield inspection.Reader.of(config, signer, past), config.desk.timezone
    finally:
        if store is not None:
            store.close()


def _note(words: str) -> None:
    click.echo(f"Note: {words}", err=True)


def _named_config(ctx: click.Context) -> "Config | None":
    """The configuration if one is named: these commands do without, so none is looked for."""
    if ctx.obj["config_path"] is None and not os.environ.get("MAILRESPONDER_CONFIG"):
        return None
    from mailresponder.cli.context import load_config

    return load_config(ctx)


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _say_in_words(found: dict[str, Any], zone: tzinfo, *, first: bool) -> None:
    from mailresponder.jobs.reasons import decisive, language, why

    if not first:
        output.say()
    output.say_marked(output.one_line(found["file"]), colour="cyan")
    for label, value in (
        ("From", found["from"] or "nobody"),
        *([("Passed on by", found["forwarded_by"])] if found["forwarded_by"] else []),
        ("Proven", f"{'yes' if found['from_proven'] else 'no'}: {found['proof']}"),
        ("Subject", found["subject"]),
        ("Kind", found["kind"]),
        ("Decision", _decision_in_words(found)),
        ("Language", language(found["language"], found["language_from"])),
        ("Anger", verdicts.heard(found)),
        ("Acknowledged", "yes" if found["acknowledge"] else "no"),
    ):
        output.say(f"  {label + ':':14}{output.one_line(value)}")
    if found["decision"] == "follow_up" and not found["reasons"]:
        output.say("    one acknowledgement a ticket; `follow_up_notice` says more, if turned on")
    for reason in decisive(found["decision"], found["reasons"]):
        meaning = why(reason)
        output.say(f"    {reason}" + (f": {meaning}" if meaning else ""))
    for note in found["notes"]:
        output.say(f"  Note:         {output.one_line(note)}")
    if found["taken"] is not None:
        output.say(f"  Taken:        {_taken_in_words(found['taken'], zone)}")
    output.say()
    for line in clean(found["new_text"]).splitlines():
        output.say(f"  | {line}")


_FOUND_BY = {
    "thread": "In-Reply-To or References name a mail of it",
    "subject_reference": "the subject names it, and the sender takes part in it",
    "quoted_reference": "the text quotes it, and the sender takes part in it",
    "same_matter": "same sender and subject, and not answered yet",
}


def _decision_in_words(found: dict[str, Any]) -> str:
    ticket = found["ticket"]
    match found["decision"]:
        case "open_ticket":
            whose = "a new ticket without a customer: nobody can be answered"
            if found["customer"]:
                whose = f"a new ticket of {found['customer']}"
            old = found["linked_to"]
            return f"{whose}, a new matter in the thread of {old}" if old else whose
        case "follow_up":
            return f"a further message of {ticket}: {_FOUND_BY[found['found_by']]}"
        case "staff_answer":
            return f"staff's answer to {ticket}"
        case "relay":
            return f"staff's answer to pass on to the customer of {ticket}, if nothing forbids it"
        case "staff_command":
            return f"commands of staff about {ticket or 'the tickets they name'}"
        case "return_to_staff":
            return (
                f"returned to its writer: it does not reach the customer of {ticket or 'a ticket'}"
            )
        case "delivery_failure":
            return f"mail about {ticket} came back"
        case _:
            return f"recorded with {ticket}, changes nothing" if ticket else "recorded, no ticket"


def _taken_in_words(taken: dict[str, Any], zone: tzinfo) -> str:
    """What became of it when it came."""
    said = f"{output.when(taken['at'], zone)}, {taken['outcome']}"
    if taken["ticket"] is None or taken["outcome"] != "opened":
        return ", ".join([said, *([taken["ticket"]] if taken["ticket"] else []), *taken["reasons"]])
    if taken["acknowledged_at"] is not None:
        acknowledged = f"acknowledged {output.when(taken['acknowledged_at'], zone)}"
    elif taken["suppressed_by"]:
        acknowledged = f"not acknowledged: {', '.join(taken['suppressed_by'])}"
    else:
        acknowledged = "not acknowledged so far: see `mailresponder outbox`"
    return f"{said}, {taken['ticket']}; {acknowledged}"


def _say_score(found: dict[str, Any]) -> None:
    unsure = "" if found["language_sure"] else " (a guess: the text does not tell)"
    output.say(f"Language: {found['language']}{unsure}")
    output.say(f"Anger:    {verdicts.heard(found)}")
