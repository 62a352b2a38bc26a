"""`run` and `demo`: the job itself, and a look at it."""

import os
import threading
from importlib.util import find_spec
from typing import TYPE_CHECKING

import click

from mailresponder.cli import output, report, warn
from mailresponder.cli.extras import MissingExtraError
from mailresponder.cli.signals import stop_on_signals
from mailresponder.cli.watching import metrics_port_option, watched
from mailresponder.errors import ExitStatus, MailboxInHand
from mailresponder.imports import uncollected

if TYPE_CHECKING:
    from mailresponder.app import App, PassReport
    from mailresponder.demo.story import Story
    from mailresponder.jobs.intake import IntakeReport

WEB = ("starlette", "uvicorn", "itsdangerous", "python_multipart")
"""What the extra `web` installs."""
_DEMO = (*WEB, "pymap", "aiosmtpd")
"""What the extra `demo` installs."""
_OWN = "own"
"""How a pass counts what we sent ourselves."""


@click.command("run")
@click.option("--once", is_flag=True, help="One full pass over every mailbox, then exit: for cron.")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Say what one pass would do; change and create nothing. Implies --once.",
)
@metrics_port_option
@click.pass_context
def run_command(ctx: click.Context, once: bool, dry_run: bool, metrics_port: int | None) -> int:
    """Do the job: read, acknowledge, flag, escalate, deliver, until SIGTERM.

    SIGHUP has it read its configuration anew; where anything in that is wrong,
    it goes on by the one it has and says so.

    \b
    Exit status of --once: 0 all done, 75 a mailbox could not be read or mail
    stayed queued (try again), 77 a sign-in was refused, 78 configuration.
    """
    with uncollected():
        from mailresponder.app import App
        from mailresponder.cli.context import load_config
        from mailresponder.jobs import passwords
        from mailresponder.logs import log_to_stderr

    loaded = load_config(ctx)
    passwords.require(loaded, environ=os.environ)
    log_to_stderr(verbose=ctx.obj["verbose"] or not (once or dry_run))
    with App.open(loaded, dry=dry_run) as app:
        if once or dry_run:
            stop_on_signals(app.stopping)
            warn_of_templates(app)
            return _dry_run(app) if dry_run else _run_once(app)
        with watched(app, metrics_port):
            _stay_at_work(app)
    return ExitStatus.OK


def _stay_at_work(app: "App") -> None:
    with uncollected():
        from mailresponder import scheduler
        from mailresponder.app.reloading import Reloads, in_words
        from mailresponder.app.supervisor import Supervisor
        from mailresponder.cli import reading

    supervisor = Supervisor.of(os.environ, pid=os.getpid())
    with Reloads(
        app,
        reading.of_desk(),
        command="run",
        supervisor=supervisor,
        status=lambda: in_words(app),
    ) as reloads:
        stop_on_signals(app.stopping, reloads.ask)
        warn_of_templates(app)
        scheduler.run(app, supervisor)


@click.command("demo")
@click.option("--stay", is_flag=True, help="Leave the servers, the job and the page running.")
@click.pass_context
def demo_command(ctx: click.Context, stay: bool) -> int:
    """See the whole job done in under a minute: no account, no server, nothing to set up.

    Starts an embedded mail server, lets customers write, staff answer and a
    deadline pass, and prints what the job made of it.
    """
    _require_demo()
    from mailresponder.cli.tickets import print_queue
    from mailresponder.clock import utc_now
    from mailresponder.demo import letters
    from mailresponder.demo.story import Story
    from mailresponder.jobs import view
    from mailresponder.logs import log_to_stderr

    log_to_stderr(verbose=ctx.obj["verbose"])
    stop = threading.Event()
    stop_on_signals(stop)
    with Story(stop) as story:
        begun = utc_now()
        for turn in story.play():
            output.say(f"{(utc_now() - begun).total_seconds():5.1f} s  {turn}")
        output.say_marked("\nThe queue", colour="cyan")
        with story.app.store.read() as conn:
            print_queue(view.queue(conn), utc_now(), story.app.config)
        for title, address, number in (
            ("What Emma got at once", letters.EMMA.address, 0),
            ("What Javier got, who is angry", letters.JAVIER.address, 0),
            ("What the lead got when nobody answered Javier", letters.LEAD, 0),
            ("What Javier got when the lead replied to that", letters.JAVIER.address, 1),
        ):
            output.say_marked(f"\n{title}", colour="cyan")
            output.say(story.text_of(story.to(address)[number]))
        if stay:
            _stay(story, stop)
    return ExitStatus.OK


def _require_demo() -> None:
    if all(map(find_spec, _DEMO)):
        return
    from mailresponder.config import how_to_install

    raise MissingExtraError(
        "the demo's mail server is not installed with this mailresponder",
        mend=how_to_install("demo"),
    )


def _stay(story: "Story", stop: threading.Event) -> None:
    from mailresponder.web.hosting import page_of

    servers = story.servers
    output.say_marked("\nEverything stays up until you press Ctrl-C", colour="cyan")
    output.say(f"  IMAP  {servers.host}:{servers.imap_port}  user and password: see the file below")
    output.say(f"  SMTP  {servers.host}:{servers.smtp_port}  no sign-in; stays on this machine")
    output.say(f"  mailresponder --config {story.config_path} tickets")
    with page_of(story.app, host="127.0.0.1", port=0, say=lambda words: output.say(f"  {words}")):
        stop.wait()


def _run_once(app: "App") -> int:
    worst = ExitStatus.OK
    for runner in app.mailboxes.values():
        done = runner.run_pass()
        _say_errors(done)
        output.say(f"{done.mailbox}: {_in_words(done)}")
        worst = max(worst, done.exit_status)
    return worst


def _say_errors(done: "PassReport") -> None:
    """Each error once: what keeps us from reading may keep us from sending in the same words."""
    for error in {str(error): error for error in done.errors}.values():
        if isinstance(error, MailboxInHand):
            continue
        report(error, mailbox=done.mailbox)


def warn_of_templates(app: "App") -> None:
    """Say on standard error which of the admin's templates are not used, and why."""
    for problem in app.templates.problems():
        said = output.one_line(f"{problem.path}:{problem.line}: {problem.message}")
        warn(said, detail=problem.meanwhile)


def _in_words(done: "PassReport") -> str:
    in_hand = next((e for e in done.errors if isinstance(e, MailboxInHand)), None)
    if in_hand is not None:
        return in_hand.message
    words = ["not read" if done.intake is None else f"read {_counted(done.intake)}"]
    if done.escalation is not None and done.escalation.escalated:
        words.append(f"escalated {done.escalation.escalated}")
    if done.escalation is not None and done.escalation.warned:
        words.append(f"warned of {done.escalation.warned}")
    if done.escalation is None:
        words.append("escalated nothing: answers may have gone unseen")
    if done.closed:
        words.append(f"closed {done.closed}")
    if done.delivery is not None:
        words.append(f"sent {done.delivery.sent}")
        if done.delivery.postponed:
            words.append(f"{done.delivery.postponed} stay queued")
        if done.delivery.failed:
            words.append(f"{done.delivery.failed} failed: see `mailresponder outbox`")
    return "; ".join(words)


def _counted(read: "IntakeReport") -> str:
    """As `2 new (1 duplicate, 1 opened), 1 of our own`."""
    outcomes = dict(read.outcomes)
    own = outcomes.pop(_OWN, 0)
    words = ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items())
    said = f"{sum(outcomes.values())} new" + (f" ({words})" if words else "")
    return said + (f", {own} of our own" if own else "")


def _dry_run(app: "App") -> int:
    """All that sends nothing runs on a copy of the database; what it left there to be sent and done
    in the mailbox is what a real pass would do."""
    from mailresponder.jobs.planned import planned

    worst = ExitStatus.OK
    before = {plan.key for plan in planned(app.store)}
    for runner in app.mailboxes.values():
        done = runner.run_pass()
        _say_errors(done)
        if done.intake is not None:
            closed = f", and close {done.closed} that were quiet" if done.closed else ""
            output.say(f"{done.mailbox}: would take {_counted(done.intake)}{closed}")
        worst = max(worst, done.exit_status)
    for plan in planned(app.store):
        waits = " (waits already)" if plan.key in before else ""
        output.say(f"would {plan.what}{waits}")
    return worst
