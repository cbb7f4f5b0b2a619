"""Made-up company names whose words are as frequent as in 234,398 real ones, the same in every run."""

from __future__ import annotations

import csv
import random
from itertools import accumulate
from pathlib import Path

from app.match import rarity

_FORMS = ("Co., Ltd.", "Limited", "GmbH", "Inc.", "S.r.l.", "LLC", "B.V.", "S.A.")


def made_names(count: int, seed: int) -> list[str]:
    """`count` different names of two to four words and a legal form."""
    table = Path(rarity.__file__).parent / "frequencies.tsv"
    lines = table.read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines if not line.startswith(rarity.MEANT)]  # these are no words
    words = [word.capitalize() for word, _ in rows]
    weights = list(accumulate(int(number) for _, number in rows))
    draw = random.Random(seed)
    names: dict[str, None] = {}
    while len(names) < count:
        chosen = draw.choices(words, cum_weights=weights, k=draw.choice((2, 3, 3, 4)))
        names[" ".join([*chosen, draw.choice(_FORMS)])] = None
    return list(names)


def write_list(path: Path, names: list[str]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "name"))
        writer.writerows((f"n{number}", name) for number, name in enumerate(names))


def write_shipments(path: Path, rows: int, different: list[str]) -> None:
    draw = random.Random(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("bill", "shipper", "goods"))
        writer.writerows((f"BL{number}", draw.choice(different), "parts") for number in range(rows))
