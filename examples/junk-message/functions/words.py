"""A small classifier of texts: each word has a weight, and the sum of the weights is how sure it is."""

import json
import math
import re
from pathlib import Path
from typing import Any

MODEL: dict[str, Any] = json.loads((Path(__file__).parents[1] / "models" / "words.json").read_text(encoding="utf-8"))
WORD = re.compile(r"[a-z]+|\d+|[£$!?]")


def junk_by_words(given: dict[str, Any]) -> tuple[str, float]:
    """`junk` or `wanted`, with the chance of it."""
    found = {f"<{len(one)} digits>" if one.isdigit() else one for one in WORD.findall(given["text"].lower())}
    weights: dict[str, float] = MODEL["words"]
    total = MODEL["start"] + sum(weights.get(one, 0.0) for one in sorted(found))
    chance = 1.0 / (1.0 + math.exp(-max(-700.0, min(700.0, total))))
    return ("junk", chance) if chance >= 0.5 else ("wanted", 1.0 - chance)
