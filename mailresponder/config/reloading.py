"""What a running process cannot take over from a configuration that has changed."""

from collections.abc import Iterator

from mailresponder.config.settings import Config
from mailresponder.errors import ConfigError, ConfigProblem

_RESTART = "this changes only with a restart"


def require_same_desk(before: Config, after: Config) -> None:
    """Raises ConfigError where another database or secret is named: that is another desk, and
    what is under way belongs to this one. The log keeps its form."""
    _require(after, _desk(before, after))


def require_same_place(before: Config, after: Config) -> None:
    """Raises ConfigError where the page would have to listen elsewhere."""
    _require(after, _changed("web", ("host", "port", "url"), before, after))


def require_same_watch(before: Config, after: Config) -> None:
    """Raises ConfigError where metrics would have to be told elsewhere."""
    _require(after, _changed("metrics", ("host", "port"), before, after))


def _require(after: Config, problems: Iterator[ConfigProblem]) -> None:
    found = list(problems)
    if found:
        raise ConfigError(found, source=str(after.path))


def _desk(before: Config, after: Config) -> Iterator[ConfigProblem]:
    if before.database_url() != after.database_url():
        yield ConfigProblem(path="desk.database", message=_RESTART)
    if before.secret_path != after.secret_path:
        yield ConfigProblem(path="desk.secret_file", message=_RESTART)
    yield from _changed("log", ("format",), before, after)


def _changed(
    section: str, keys: tuple[str, ...], before: Config, after: Config
) -> Iterator[ConfigProblem]:
    old, new = getattr(before, section), getattr(after, section)
    for key in keys:
        if getattr(old, key) != getattr(new, key):
            yield ConfigProblem(path=f"{section}.{key}", message=_RESTART)
