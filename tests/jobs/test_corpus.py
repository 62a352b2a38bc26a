"""What would become of real mails that nobody here wrote, where the folder of them is named."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from corpus import content, entries

from mailresponder.jobs.inspection import reader_without_desk

US = "support@example.com"
TICKETS = ("human", "unreadable")


@dataclass
class Verdicts:
    """How the mails of each class and tier were judged."""

    kinds: dict[str, Counter[str]] = field(default_factory=dict)
    acknowledged: dict[str, list[str]] = field(default_factory=dict)
    no_ticket: dict[str, list[str]] = field(default_factory=dict)

    def add(self, entry: dict[str, Any], found: dict[str, Any]) -> None:
        group = " ".join(filter(None, (entry["class"], entry["expect"]["tier"])))
        self.kinds.setdefault(group, Counter())[found["kind"]] += 1
        if found["acknowledge"]:
            self.acknowledged.setdefault(group, []).append(entry["path"])
        if found["kind"] not in TICKETS:
            self.no_ticket.setdefault(group, []).append(entry["path"])

    def total(self, name: str) -> int:
        return sum(c.total() for group, c in self.kinds.items() if group.startswith(name))

    def answered(self, name: str) -> list[str]:
        return [p for g, paths in self.acknowledged.items() if g.startswith(name) for p in paths]

    def table(self) -> str:
        """One line a class and tier: how many, how many acknowledged, and as what they count."""
        lines = [f"{'class':<16}{'mails':>6}{'acknowledged':>14}  kinds"]
        for group, kinds in sorted(self.kinds.items()):
            named = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
            count = len(self.acknowledged.get(group, ()))
            lines.append(f"{group:<16}{kinds.total():>6}{count:>14}  {named}")
        return "\n".join(lines)


@pytest.fixture(scope="module")
def verdicts() -> Verdicts:
    """Every mail of the corpus judged once, as delivered to an address of ours."""
    reader = reader_without_desk(US)
    made = Verdicts()
    for entry in entries():
        made.add(entry, reader.inspect(content(entry), to=US))
    print(f"\n{made.table()}")
    return made


def test_people_are_heard(verdicts: Verdicts) -> None:
    """Every person has a ticket, and at least 99 % are acknowledged."""
    unanswered = verdicts.total("HUMAN") - len(verdicts.answered("HUMAN"))

    assert verdicts.total("HUMAN") > 0
    assert verdicts.no_ticket.get("HUMAN", []) == [], verdicts.table()
    assert unanswered / verdicts.total("HUMAN") <= 0.01, verdicts.table()


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("BOUNCE", 0.005), ("AUTO MUST", 0.0), ("LIST MUST", 0.0), ("AUTO SHOULD", 0.1)],
)
def test_machines_are_not_answered(verdicts: Verdicts, name: str, allowed: float) -> None:
    """Bounces, automatic mail and lists get no acknowledgement, within what the class allows."""
    answered = verdicts.answered(name)

    assert verdicts.total(name) > 0
    assert len(answered) / verdicts.total(name) <= allowed, "\n".join([verdicts.table(), *answered])
