"""One instance of a desk, as `mailresponder run`, but sooner to notice the others:

python tests/hurried.py CONFIG LEASE BEAT
"""

import sys
from datetime import timedelta
from pathlib import Path

from mailresponder import config, scheduler
from mailresponder.app import App, Tempo
from mailresponder.cli.signals import stop_on_signals
from mailresponder.logs import log_to_stderr


def main(path: str, lease: str, beat: str) -> None:
    """Work until SIGTERM; `lease` and `beat` are seconds."""
    log_to_stderr(verbose=True)
    tempo = Tempo(lease=timedelta(seconds=float(lease)), beat=timedelta(seconds=float(beat)))
    with App.open(config.load(Path(path)), tempo=tempo) as app:
        stop_on_signals(app.stopping)
        scheduler.run(app)


if __name__ == "__main__":
    main(*sys.argv[1:])
