"""Can this template be used? It is checked and rendered on every sample of its notice, before any
customer's mail depends on it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from mailresponder.policy.desk import Staff
from mailresponder.policy.samples import DESK, TIMEZONE, samples
from mailresponder.policy.variables import Variables
from mailresponder.templating import (
    STEPS,
    Budget,
    Layout,
    Part,
    Shape,
    Template,
    shapes,
    write_together,
)

_CUSTOMERS = ("en", "es")
"""Whatever language a template is in, customers who write in either may be told of in it."""
_UNPROVEN = replace(DESK, staff=Staff(patterns=DESK.staff.patterns))
"""A desk that cannot tell whose a mail is: it quotes nobody, and no copy to it counts."""
_TOGETHER = ("acknowledgement", "acknowledgement_angry")
"""What goes out in several languages at once where the customer's is a guess."""
_STEPS = STEPS
"""What all samples together may cost, where one mail has less."""


def try_template(template: Template, name: str, language: str, layout: Layout) -> None:
    """Return where the template serves for the notice `name` in `language`, whatever comes.

    Takes well under a second. Raises TemplateError for the first mistake in the source, with the
    others, and else for the first sample on which it fails.
    """
    template.check_names(variables_of(name))
    budget = Budget(_STEPS)
    mails: list[list[Part]] = []
    for given in _cases(name):
        first = Part(template=template, language=language, variables=given)
        mails.append([first])
        if name in _TOGETHER:
            # In the second half the customer is not quoted once more.
            mails.append([first, replace(first, variables={**given, "excerpt": None})])
    # All are written first: what would take too long is refused before any of it is laid out.
    written = [
        write_together(parts, timezone=TIMEZONE, budget=budget.part(STEPS)) for parts in mails
    ]
    for mail in written:
        mail.laid_out(layout)


@cache
def variables_of(name: str) -> Mapping[str, Shape]:
    """What a notice's template knows, and what each of it is. Raises KeyError for no notice."""
    return shapes(_cases(name))


@cache
def _cases(name: str) -> Sequence[Variables]:
    """Every sample: of customers in each language, at desks that quote them and that do not."""
    # One case in each language beside the other: their mails share a page, which is kept.
    return [
        given
        for desk in (DESK, _UNPROVEN)
        for case in zip(*(samples(name, one, desk).values() for one in _CUSTOMERS), strict=True)
        for given in case
    ]
