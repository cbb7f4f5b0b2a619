"""Made-up shipment rows: names alone, or with what signals look at. The same in every run."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path

from app.text.tables import read_table, spellings

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_GOODS = ("parts", "goods as per invoice", "cotton T-shirts", "steel tubes", "棉质T恤", "塑料制品", "tomato paste")
_HEADERS = ("bill", "manufacturer", "manufacturer address", "country", "uscc", "hs code", "goods")


def write_names(path: Path, rows: int, different: Sequence[str]) -> None:
    """One party a row and nothing else."""
    draw = random.Random(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADERS[:2])
        writer.writerows((number, draw.choice(different)) for number in range(rows))


def write_details(path: Path, rows: int, different: Sequence[str]) -> None:
    """The same parties, each with its address and most with a credit code, and goods that change from row to row."""
    draw, details = random.Random(rows), random.Random(1)
    places = [row for row in read_table("places") if row["level"] in ("prefecture", "city") and not row["xinjiang"]]
    words = [name.split(" ")[0] for name in different[:2000]]
    known = {name: (_address(details, places, words), "CN", _code(details)) for name in different}
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADERS)
        for number in range(rows):
            name = draw.choice(different)
            goods = f"{details.randrange(100000, 970000)}", details.choice(_GOODS)
            writer.writerow((number, name, *known[name], *goods))


def _address(draw: random.Random, places: Sequence[dict[str, str]], words: Sequence[str]) -> str:
    """One in four in Chinese, the others in English; none of them in Xinjiang."""
    place = draw.choice(places)
    city, number = spellings(place["latin"])[0].title(), draw.randrange(1, 999)
    if draw.random() < 0.25:
        return f"{spellings(place['han'])[0]}人民路{number}号{draw.randrange(1, 30)}栋"
    street, park = draw.choice(words), draw.choice(words)
    return f"No. {number}, {street} Road, {park} Industrial Park, {city}, China {draw.randrange(100000, 690000)}"


def _code(draw: random.Random) -> str:
    """A credit code whose check character is right as often as chance will have it; empty for four in ten."""
    if draw.random() < 0.4:
        return ""
    return f"91{draw.randrange(110000, 640000)}{''.join(draw.choices(_SIGNS, k=10))}"
