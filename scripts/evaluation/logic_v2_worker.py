"""Runs inside the environment that has nomenklatura, and knows nothing of this project (see `logic_v2.py`).

Reads one JSON object from standard input, `listed` (names), `parties` (name, numbers of the listed names to compare it
with) and `least` (a score), and writes one: `hits` (for each party, listed number and score from `least` on) and
`seconds` of processor time, what comparing took.
"""

from __future__ import annotations

import json
import sys
import time

from followthemoney import EntityProxy  # type: ignore[import-not-found]
from nomenklatura.matching import LogicV2  # type: ignore[import-not-found]


def _company(key: str, name: str) -> EntityProxy:
    """The key must be unique: nomenklatura remembers what it read of an entity by its id alone."""
    return EntityProxy.from_dict({"id": key, "schema": "Company", "properties": {"name": [name]}})


def main() -> None:
    asked = json.load(sys.stdin)
    config = LogicV2.default_config()
    listed = [_company(f"listed-{number}", name) for number, name in enumerate(asked["listed"])]
    start = time.process_time()
    out = []
    for row, (name, numbers) in enumerate(asked["parties"]):
        party = _company(f"party-{row}", name)
        scores = [(number, LogicV2.compare(party, listed[number], config).score) for number in numbers]
        out.append([(number, score) for number, score in scores if score >= asked["least"]])
    json.dump({"hits": out, "seconds": time.process_time() - start}, sys.stdout)


if __name__ == "__main__":
    main()
