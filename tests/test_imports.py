"""Imports without what they would import along, and what the commands import."""

import os
import subprocess
import sys

from offices import Office, complaint
from program import ROOT


def test_other_threads_find_what_is_installed_meanwhile() -> None:
    """Only the thread that imports is told that a package is not there, and only then."""
    code = """
import importlib, sys, threading
from mailresponder.imports import without

def find(found):
    try:
        found.append(importlib.import_module("colorsys").__name__)
    except ModuleNotFoundError:
        found.append(None)

here, there, after = [], [], []
with without("colorsys"):
    find(here)
    other = threading.Thread(target=find, args=(there,))
    other.start()
    other.join()
del sys.modules["colorsys"]
find(after)
assert (here, there, after) == ([None], ["colorsys"], ["colorsys"]), (here, there, after)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def imported(*arguments: object) -> set[str]:
    """The packages and modules there are after a command has ended well."""
    code = """
import sys
from mailresponder.cli import main
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
print(*sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_help_imports_nothing_but_click() -> None:
    """`--help` needs none of the program's own parts and no other package."""
    there = imported("--help")
    assert {name for name in there if name.startswith("mailresponder")} == {
        *("mailresponder", "mailresponder.cli", "mailresponder.errors"),
    }
    assert not there & {"sqlalchemy", "pydantic", "structlog", "jinja2", "asyncio", "ssl", "dns"}


def test_a_pass_imports_what_it_needs(office: Office) -> None:
    """A new mail is read, heard, answered and written down without the packages that only other
    databases, other commands, or a developer's console want."""
    office.configure()
    office.receive(complaint())

    there = imported("--config", office.path, "run", "--once")

    assert {"sqlalchemy.dialects.sqlite", "mailresponder.listening.anger"} <= there
    assert not there & {
        *("alembic", "apscheduler", "psycopg", "sqlalchemy.dialects.postgresql", "sqlalchemy.orm"),
        *("rich", "pygments", "attr", "requests", "urllib3", "http.client", "pydoc", "dns"),
        *("mailresponder.reports.making", "mailresponder.reports.mail", "tomlkit"),
        *("textblob", "nltk", "numpy", "scipy", "starlette", "uvicorn", "procrastinate"),
    }


def test_what_was_imported_is_not_searched_for_garbage() -> None:
    """What exists at the end of the block is frozen; garbage is collected again afterwards."""
    code = """
import gc
from mailresponder.imports import uncollected
with uncollected():
    assert not gc.isenabled()
    import decimal
assert gc.isenabled() and gc.get_freeze_count() > 1000
"""
    subprocess.run([sys.executable, "-c", code], check=True)
