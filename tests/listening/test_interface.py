"""TextBlob's interface without the packages that nltk would drag in."""

import subprocess
import sys


def test_hearing_imports_neither_numpy_nor_scipy() -> None:
    """TextBlob is there after the first text, and what nltk alone wants of it is not."""
    code = """
import sys
from mailresponder.listening.anger import hear
hear("hello", "en")
assert "textblob" in sys.modules
assert not {"numpy", "scipy"} & sys.modules.keys()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
