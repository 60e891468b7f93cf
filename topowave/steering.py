"""Characters that steer what shows a text, or turn it around: on the way to people they become escapes."""

from __future__ import annotations

import re

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters but the line break and the tab, and those that change the direction of what follows."""
