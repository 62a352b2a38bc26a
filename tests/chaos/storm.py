"""A storm: customers write, servers misbehave, and the program is killed again and again.

    python tests/chaos/storm.py --rounds 300 --seed 7 [--postgres] [--connections 4] [--cold]

A round delivers some mails, plans faults, starts the program (daemon or one pass), and kills or
freezes it at a moment that the servers choose. After the last one comes a calm in which everything
is worked off, and then every invariant is checked. The seed decides all that the harness decides;
what the program does meanwhile is up to the machine.
"""

import argparse
import json
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parent.parent))

from chaos import invariants
from chaos.invariants import Freeze, Seen
from chaos.moments import ANY, IMAP_POINTS, SMTP_POINTS
from chaos.people import People
from chaos.server import FAULTS
from chaos.world import Mode, Rows, World
from nursery import Nursery
from offices import LEAD
from program import ROOT
from servers.dovecot import Dovecot
from servers.postgres import find_binaries, running
from sqlalchemy.exc import OperationalError

TIME = "some time after the start"
_START_UP = 40.0
"""Seconds at most until the program is heard of."""
_IN_VAIN = 30.0
"""Seconds at most after that until a trap is given up and the program killed all the same."""
_LOOKS = 8
"""So often a daemon has looked into a folder when there is nothing left to wait for."""
_CALM_PASSES = 8
_WELL = (0, 75)
"""What a pass may end with: all is done, or something is to be tried again."""


@dataclass(kw_only=True)
class Report:
    """What a storm did, and what it broke."""

    rounds: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    """By point."""
    freezes: Counter[str] = field(default_factory=Counter)
    ended: int = 0
    """Passes that were over before their trap was sprung."""
    mails: int = 0
    accepted: int = 0
    lost_replies: int = 0
    lost: int = 0
    repeated_in_window: int = 0
    repeated_otherwise: int = 0
    wrong_escalations: int = 0
    problems: list[str] = field(default_factory=list)


class Storm:
    """Rounds over one world."""

    def __init__(self, world: World, seed: int) -> None:
        self._world, self._random = world, Random(seed)
        self._people = People(self._random)
        self._settled: dict[str, int] = {}
        self._read_to: dict[str, int] = {}
        self._kills: list[int] = []
        self._freezes: list[Freeze] = []
        self.report = Report()

    def round(self) -> None:
        """Mails, faults, a start, and the end of it."""
        world, random = self._world, self._random
        # 1. What waits when the program starts.
        self._write(random.randint(2, 5), at_rest=True)
        world.smtp.plan(random.sample(FAULTS, random.choice((0, 0, 1, 1, 2))))
        # 2. The trap.
        freeze = random.random() < 0.12
        point = self._set_trap(freeze=freeze)
        # 3. The program, and what comes while it runs.
        mode: Mode = random.choice(("daemon", "once"))
        world.start(mode)
        if not self._caught(point):
            point = "after its work"
        # 4. Its end.
        world.moments.disarm()
        done_by_another = False
        status = world.running.poll() if world.running is not None else 0
        if status is not None and status != -signal.SIGKILL:
            self.report.ended += 1
            if status not in _WELL:
                self._say([f"the program ended with status {status}"])
        elif freeze and world.moments.sprung.is_set():
            self.report.freezes[point] += 1
            done_by_another = self._take_over(mode)
        else:
            self.report.kills[point] += 1
        was_killed = world.running is not None and world.running.poll() in (None, -signal.SIGKILL)
        world.kill()
        self.report.rounds += 1
        self._look(after_freeze=done_by_another)
        if was_killed:
            self._kills.append(world.moments.tick())

    def calm(self) -> None:
        """No faults and no kills until all is worked off; then every invariant."""
        world = self._world
        world.smtp.plan(())
        for _ in range(_CALM_PASSES):
            world.end_leases()
            world.make_due()
            if (status := world.once()) != 0:
                self._say([f"a pass of the calm ended with status {status}"])
            if not self._is_work_left():
                break
        seen = self._seen(whole=True)
        report = self.report
        report.mails, report.accepted = len(seen.letters), len(seen.accepted)
        report.lost_replies = world.smtp.lost_replies
        report.lost = len([*invariants.lost_mail(seen), *invariants.lost_acknowledgements(seen)])
        verdicts = [in_window for _, in_window in invariants.repeats(seen)]
        report.repeated_in_window = verdicts.count(True)
        report.repeated_otherwise = verdicts.count(False)
        report.wrong_escalations = len([*invariants.wrong_escalations(seen)])
        self._say(invariants.at_the_end(seen))

    def _write(self, number: int, *, at_rest: bool) -> None:
        notices = [one.mail for one in self._world.smtp.accepted if one.recipient == LEAD]
        self._world.deliver(self._people.write(number, at_rest=at_rest, notices=notices))

    def _set_trap(self, *, freeze: bool) -> str:
        world, random = self._world, self._random
        kind = random.choices((SMTP_POINTS, IMAP_POINTS, (ANY,), (TIME,)), (45, 30, 17, 8))[0]
        point = random.choice(kind)
        nth = random.randint(1, 60) if point == ANY else random.choice((1, 1, 2, 3, 5))
        delay = random.choice((0.0, random.uniform(0.0, 0.02)))
        spring = world.freeze if freeze else partial(world.send, signal.SIGKILL)
        world.moments.arm(point, spring, nth=nth, delay=delay)
        return point

    def _caught(self, point: str) -> bool:
        """Wait for the trap, or for the end of the program. False: it was not sprung."""
        world, random = self._world, self._random
        if point == TIME:
            time.sleep(random.uniform(0.0, 4.0))
            return True
        begun = world.moments.now
        self._until(lambda: world.moments.now > begun, _START_UP)
        self._write(random.randint(0, 3), at_rest=False)
        self._until(lambda: world.moments.times["EXAMINE seen"] >= _LOOKS, _IN_VAIN)
        return world.moments.sprung.is_set()

    def _until(self, happened, seconds: float) -> None:
        """Wait for it, or the trap, or the program's end, or so many seconds."""
        world, ends = self._world, time.monotonic() + seconds
        while not happened() and time.monotonic() < ends:
            ended = world.running is None or world.running.poll() is not None
            if world.moments.sprung.wait(0.02) or ended:
                return

    def _take_over(self, mode: Mode) -> bool:
        """Another process does the work of a frozen one, whose leases end; then that one goes on,
        and knows nothing of it. False: no other could."""
        world = self._world
        frozen = Freeze(at=world.moments.sprung_at, filing=invariants.being_filed(world.rows()))
        try:
            world.end_leases()
        except OperationalError:
            # It was frozen in the middle of a transaction: nobody can write before it goes on.
            self.report.freezes["while it writes"] += 1
            taken_over = False
        else:
            self._freezes.append(frozen)
            world.once()
            self._note_settled(world.rows()["outbox"])
            taken_over = True
        world.moments.sprung.clear()
        world.send(signal.SIGCONT)
        if mode == "once":
            self._until(lambda: False, _START_UP)
            return taken_over
        world.moments.times.clear()
        if self._random.random() < 0.7:
            self._until(lambda: world.moments.times["EXAMINE seen"] >= _LOOKS, _IN_VAIN)
        world.stop()
        return taken_over

    def _note_settled(self, outgoing: Rows) -> None:
        """What is written down as sent by now, and stays so."""
        for row in outgoing:
            if row.state == "sent":
                self._settled.setdefault(row.message_id, self._world.moments.now)
            elif row.message_id in self._settled:
                self._say([f"{row.message_id} was sent, and now is {row.state}"])

    def _look(self, *, after_freeze: bool) -> None:
        """What must hold at any moment."""
        seen = self._seen(whole=False)
        self._note_settled(seen.rows["outbox"])
        for row in seen.rows["folders"]:
            # Who was frozen with a batch in hand takes it again when it goes on, to no effect.
            if row.last_uid < self._read_to.get(row.folder, 0) and not after_freeze:
                self._say([f"the cursor of {row.folder} went back to {row.last_uid}"])
            self._read_to[row.folder] = row.last_uid
        self._say(invariants.after_each_round(seen))
        if self._world.on_server:
            # A minute without a sign of life, which nobody wants to wait for in every round.
            self._world.end_leases()

    def _seen(self, *, whole: bool) -> Seen:
        world = self._world
        folders = [world.mailbox(folder) if whole else [] for folder in ("INBOX", "Sent")]
        return Seen(
            letters=self._people.letters,
            accepted=list(world.smtp.accepted),
            refused=frozenset(world.smtp.refused),
            settled=self._settled,
            kills=self._kills,
            freezes=self._freezes,
            rows=world.rows(),
            inbox=folders[0],
            sent=folders[1],
            log=world.said if whole else "",
        )

    def _is_work_left(self) -> bool:
        seen = self._seen(whole=True)
        left = [row for row in seen.rows["outbox"] if row.state in ("queued", "sending")]
        left += [row for row in seen.rows["mailbox_tasks"] if row.state == "pending"]
        ends = {"INBOX": seen.inbox[-1:], "Sent": seen.sent[-1:]}
        cursors = {row.folder: row.last_uid for row in seen.rows["folders"]}
        return bool(left) or any(end and cursors[f] != end[0].uid for f, end in ends.items())

    def _say(self, problems) -> None:
        for problem in problems:
            if problem not in self.report.problems:
                self.report.problems.append(problem)
                print(f"round {self.report.rounds}: {problem}", file=sys.stderr, flush=True)


def storm(world: World, *, seed: int, rounds: int) -> Report:
    """So many rounds, and the calm after them."""
    weather = Storm(world, seed)
    for _ in range(rounds):
        weather.round()
        if weather.report.rounds % 25 == 0:
            print(f"{weather.report.rounds} rounds", file=sys.stderr, flush=True)
    weather.calm()
    return weather.report


@contextmanager
def a_world(folder: Path, *, postgres: bool, connections: int, forked: bool) -> Iterator[World]:
    """A world with servers of its own. `forked`: the program is started by a `Nursery`."""
    with ExitStack() as stack:
        dovecot = stack.enter_context(Dovecot())
        database = f"sqlite:///{folder / 'mailresponder.db'}"
        if postgres:
            binaries = find_binaries()
            if binaries is None:
                raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
            database = stack.enter_context(running(binaries)).create("chaos")
        nursery = Nursery(ROOT) if forked else None
        if nursery is not None:
            stack.callback(nursery.close)
        yield stack.enter_context(
            World(
                folder,
                dovecot,
                dovecot.add_user("support@example.test"),
                database=database,
                connections=connections,
                nursery=nursery,
            )
        )


def main() -> None:
    """Run a storm by hand; the status is 1 where an invariant does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--cold", action="store_true", help="start Python anew in every round")
    parser.add_argument("--keep", type=Path, help="an empty folder to leave everything in")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        with a_world(
            folder,
            postgres=given.postgres,
            connections=given.connections,
            forked=not given.cold,
        ) as world:
            report = storm(world, seed=given.seed, rounds=given.rounds)
    print(json.dumps(vars(report), indent=1))
    sys.exit(1 if report.problems else 0)


if __name__ == "__main__":
    main()
