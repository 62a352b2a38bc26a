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
