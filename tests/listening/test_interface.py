"""TextBlob's interface without the packages that nltk would drag in."""

import subprocess
import sys


def test_the_analyzer_imports_neither_numpy_nor_scipy() -> None:
    """TextBlob is there with its analyzer, and what nltk alone wants of it is not."""
    code = """
import sys
from mailresponder.listening.analyzer import AngerAnalyzer
AngerAnalyzer("en").analyze("hello")
assert "textblob" in sys.modules
assert not {"numpy", "scipy"} & sys.modules.keys()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_other_threads_find_what_is_installed_meanwhile() -> None:
    """Only the thread that imports TextBlob is told that a package is not there, and only then."""
    code = """
import importlib, sys, threading
from mailresponder.listening.interface import _without

def find(found):
    try:
        found.append(importlib.import_module("colorsys").__name__)
    except ModuleNotFoundError:
        found.append(None)

here, there, after = [], [], []
with _without("colorsys"):
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
