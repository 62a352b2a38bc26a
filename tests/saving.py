"""Templates of a desk, saved as an editor does."""

from pathlib import Path


def save_template(config: Path, relative: str, text: str) -> Path:
    """Write a file into the templates folder beside a configuration; gives its path."""
    path = config.parent / "templates" / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
