"""A browser that goes where it is sent, as far as a sign-in needs one."""

import threading
import urllib.error
import urllib.request


class Visit(threading.Thread):
    """A browser that goes where it is sent, and on."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url, self._page = url, ""

    def run(self) -> None:
        """Keep the page it ends at, also one that tells an error."""
        try:
            with urllib.request.urlopen(self._url, timeout=10) as response:
                self._page = response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                self._page = error.read().decode()

    def page(self) -> str:
        """The page it ended at."""
        self.join()
        return self._page


def visit(url: str) -> Visit:
    """Send a browser somewhere."""
    browser = Visit(url)
    browser.start()
    return browser
