"""Imports without what they would import along, and what the commands import."""

import subprocess
import sys


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
