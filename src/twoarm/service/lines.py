"""The two logs of a server: a line of JSON each, and nothing of a patient in either."""

from __future__ import annotations

import logging

__all__ = ["ACCESS", "FEEDBACK"]

ACCESS = logging.getLogger("twoarm.service.access")
"""One line a call."""

FEEDBACK = logging.getLogger("twoarm.service.feedback")
"""One line a card of which a client says what became of it."""
