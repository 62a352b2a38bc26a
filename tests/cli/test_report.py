"""`report` as somebody at the command line meets it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from program import Program
from reporting import DAY, Past

from mailresponder.store.database import Store
