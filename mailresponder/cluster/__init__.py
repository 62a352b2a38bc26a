"""Thousands of mailboxes: their passes spread over workers on many machines.

procrastinate keeps the queue, in tables of its own on the same PostgreSQL; a worker's job is one
pass over one mailbox, the very pass that `run` makes. Which mailbox may be worked on is not the
queue's to say but the lease's (`store.leases`), so workers, `run` and jobs that come twice do one
another no harm. Nothing waits in IDLE here: what a mailbox gets is seen at its next turn.
"""

from mailresponder.cluster.worker import in_words, run

__all__ = ["in_words", "run"]
