"""What a monitoring system asks this process for: `/metrics` and `/healthz`, on this machine only.

It reads what passes have counted and what is stored; it asks no server and changes nothing. Needs
the extra `metrics`.
"""

from mailresponder.monitoring.server import serving

__all__ = ["serving"]
