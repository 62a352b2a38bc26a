"""The program as its users have it: a wheel installed away from the checkout, and its command."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nursery import Nursery

ROOT = Path(__file__).parent.parent
# Root may read and write everything, but for these rights.
AS_ANYBODY = (
    ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.getuid() == 0 else []
)


def build_wheel(into: Path) -> Path:
    """Build the wheel from a copy of what is in the checkout, without the network."""
    source = into / "source"
    source.mkdir()
    for name in ("mailresponder", "templates"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source / name)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", into, source],
        check=True,
        capture_output=True,
    )
    return next(into.glob("*.whl"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Program:
    """An installed `mailresponder` and the folder it is run in."""

    site: Path
    """Where the wheel was installed."""
    folder: Path
    """The working folder, with config.toml in it."""
    nursery: Nursery
    """Has imported what was installed."""

    @staticmethod
    def install(wheel: Path, site: Path) -> Path:
        """Install the wheel alone; its dependencies are those of the tests."""
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"),
                *("--target", site, wheel),
            ],
            check=True,
            capture_output=True,
        )
        return site

    def start(
        self, *arguments: str, environ: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start the installed command and leave it running."""
        return subprocess.Popen(
            [str(self.site / "bin" / "mailresponder"), *arguments],
            cwd=self.folder,
            env={**surroundings(), "PYTHONPATH": str(self.site), **(environ or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(
        self,
        *arguments: str,
        stdin: str = "",
        environ: Mapping[str, str] | None = None,
        timeout: float = 120,
    ) -> subprocess.CompletedProcess[str]:
        """Run the command to its end, in a process of its own that had nothing to import."""
        return self.nursery.run(
            arguments, cwd=self.folder, environ=environ or {}, stdin=stdin, timeout=timeout
        )


def surroundings() -> dict[str, str]:
    """The environment of this process without anything that is for the program."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MAILRESPONDER_")}
    return kept | {"NO_COLOR": "1"}
