"""TextBlob's interface without TextBlob."""

import subprocess
import sys

from textblob.base import CONTINUOUS

from mailresponder.listening import interface
from mailresponder.listening.analyzer import AngerAnalyzer


def test_an_analyzer_is_of_the_kind_that_textblob_names() -> None:
    """The constant we have written is TextBlob's."""
    assert AngerAnalyzer.kind == interface.CONTINUOUS == CONTINUOUS


def test_hearing_imports_neither_textblob_nor_nltk() -> None:
    """After the first text they are not there, and neither is what nltk would drag in."""
    code = """
import sys
from mailresponder.listening.anger import hear
hear("hello", "en")
assert not {"textblob", "nltk", "numpy", "scipy"} & sys.modules.keys()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_textblob_takes_what_is_made_after_it_was_imported() -> None:
    """Whoever imports it later than our analyzer finds that it takes a new one."""
    code = """
from mailresponder.listening.analyzer import AngerAnalyzer
AngerAnalyzer("en")
from textblob import TextBlob
sentiment = TextBlob("You are liars and thieves!!", analyzer=AngerAnalyzer("en")).sentiment
assert sentiment.score > 0.5
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
