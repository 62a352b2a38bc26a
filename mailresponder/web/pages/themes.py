"""The page `/themes`: what customers write about, as it was found and as people decided."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from starlette.responses import Response

from mailresponder.jobs import theme_view, theming_changes
from mailresponder.jobs.theme_view import ThemeView
from mailresponder.reports.period import Period
from mailresponder.store.searching_about import About
from mailresponder.store.theme_weeks import by_week
from mailresponder.store.themes import State, resolved
from mailresponder.web import behind, meanings, named, telling
from mailresponder.web.asking import Asked, Role
from mailresponder.web.report_view import heights
from mailresponder.web.routing import route
from mailresponder.web.site import Site, go

WEEKS = 8
"""So many are shown as bars: whole ones, and the one that has begun."""
MAX_NAME = 80
"""Characters of a name."""
_MAX_OWNER = 254


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """A theme as the template needs it."""

    view: ThemeView
    name: str
    weeks: tuple[int, ...]
    heights: tuple[float, ...]
    path: str
    """Its tickets of these weeks."""

    @property
    def key(self) -> str:
        return self.view.row.key


def show(site: Site, asked: Asked) -> Response:
    """All themes."""
    return _page(site, asked)


def change(site: Site, asked: Asked) -> Response:
    """Keep a theme, merge it into another, dismiss it, or take that back."""
    key, form, w = asked.path["key"], asked.form, asked.words
    store, config = site.app.store, site.app.config
    by, now = asked.by, asked.now
    with store.read() as conn:
        there = named.themes(conn, config, w.language)
    if key not in there:
        return site.refuse(asked, 404, w("themes.unknown"))
    match form.get("do"):
        case "keep":
            names = _names(form, config.desk.languages)
            owner = " ".join(form.get("owner", "").split())
            if not names:
                return _page(site, asked, problem=w("themes.no_name"), status=400)
            if max(map(len, names.values())) > MAX_NAME or len(owner) > _MAX_OWNER:
                problem = w("themes.too_long", most=MAX_NAME)
                return _page(site, asked, problem=problem, status=400)
            theming_changes.keep(store, config, key, names=names, owner=owner, by=by, now=now)
            done = "theme_kept"
        case "merge":
            into = form.get("into", "")
            if into not in there or into == key:
                return _page(site, asked, problem=w("themes.no_other"), status=400)
            theming_changes.merge(store, config, key, into, by=by, now=now)
            done = "theme_merged"
        case "dismiss":
            theming_changes.dismiss(store, config, key, by=by, now=now)
            done = "theme_dismissed"
        case "restore":
            theming_changes.restore(store, config, key, by=by, now=now)
            done = "theme_restored"
        case _:
            return site.refuse(asked, 400, w("themes.no_such_deed"))
    return go("/themes", done=done)


def _names(form: Mapping[str, str], languages: tuple[str, ...]) -> dict[str, str]:
    given = {code: " ".join(form.get(f"name_{code}", "").split()) for code in languages}
    return {code: name for code, name in given.items() if name}


def _page(site: Site, asked: Asked, *, problem: str = "", status: int = 200) -> Response:
    config, now, zone = site.app.config, asked.now, site.app.config.desk.timezone
    views = theme_view.listed(site.app.store, config, now=now)
    begins = _weeks(asked, site)
    with site.app.store.read() as conn:
        weeks = by_week(conn, begins, counts_for=resolved(view.row for view in views))
    about = About(since=begins[0])
    none = [0] * WEEKS
    lines = [
        _Line(
            view=view,
            name=named.name_in(view.row.names, asked.words.language) or view.row.key,
            weeks=tuple(weeks.get(view.row.key, none)),
            heights=heights(weeks.get(view.row.key, none)),
            path=behind.tickets(zone, replace(about, theme=view.row.key)),
        )
        for view in views
    ]
    by_state = {state: [one for one in lines if one.view.row.state is state] for state in State}
    standing = [*by_state[State.KEPT], *by_state[State.FOUND]]
    return site.show(
        asked,
        "themes.html.j2",
        status=status,
        problem=problem,
        found=by_state[State.FOUND],
        kept=by_state[State.KEPT],
        merged=by_state[State.MERGED],
        dismissed=by_state[State.DISMISSED],
        others=sorted(((one.key, one.name) for one in standing), key=lambda one: one[1].casefold()),
        names={one.key: one.name for one in lines},
        telling=telling,
        spoken=config.desk.languages,
        is_admin=asked.visitor.role >= Role.ADMIN,
        weeks=WEEKS,
        most=MAX_NAME,
        file=config.themes_path.name,
        meanings=meanings,
    )


def _weeks(asked: Asked, site: Site) -> list[datetime]:
    """When the last weeks begin, that of now among them."""
    zone = site.app.config.desk.timezone
    period = Period(since=asked.now - timedelta(days=1), until=asked.now, zone=zone)
    whole = period.weeks(WEEKS - 1)
    return [*(week.since for week in whole), whole[-1].until]


ROUTES = (
    route("/themes", show),
    route("/themes/{key}", change, role=Role.ADMIN, method="POST"),
)
