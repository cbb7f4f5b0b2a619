"""Write app/text/data/han.tsv: the simplified form and the toneless readings of every Chinese character.

    python scripts/build_han_table.py

Simplified forms come from OpenCC (t2s, else the variants of Taiwan and Hong Kong), readings from pypinyin.
Both are needed only to write the table, never to read a name. Dictionaries give many readings that are archaic,
dialectal or bound to one idiom: a character keeps its first one unless `han_readings.tsv` lists others.
"""

from pathlib import Path

from opencc import OpenCC
from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

HERE = Path(__file__).parent
DATA = HERE.parent / "app" / "text" / "data"
# the unified ideographs, 〇, and the compatibility ideographs that old encodings put into names
RANGES = (range(0x3007, 0x3008), range(0x4E00, 0xA000), range(0xF900, 0xFB00))
CONVERTERS = tuple(OpenCC(name) for name in ("t2s", "tw2s", "hk2s"))
# 乾 is "dry" (干) in running text but the sky (qián) in names of companies; 著 is 着 in Hong Kong and Taiwan only;
# 么 is simplified already, 薴 would take two steps; OpenCC does not know 囯, a handwritten 国
SIMPLIFIED = {"乾": "乾", "著": "著", "么": "么", "薴": "苎", "囯": "国"}


def curated_readings() -> dict[str, list[str]]:
    """Return the curated readings by character, usual one first."""
    lines = (HERE / "han_readings.tsv").read_text("utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith(("#", "char\t")))
    return {character: readings.split("|") for character, readings in rows}


def simplify(character: str) -> str:
    """Return the simplified form of one character, itself where it has none within RANGES."""
    if character in SIMPLIFIED:
        return SIMPLIFIED[character]
    for converter in CONVERTERS:
        form = str(converter.convert(character))
        if form != character and len(form) == 1 and any(ord(form) in span for span in RANGES):
            return form
    return character


def dictionary_readings(character: str) -> list[str]:
    """Return the toneless readings that pypinyin knows, in its order; ü is written v."""
    toned = PINYIN_DICT.get(ord(character), "")
    plain = (to_normal(reading, v_to_u=False).replace("ü", "v") for reading in toned.split(",") if reading)
    return [reading for reading in dict.fromkeys(plain) if reading.isascii()]


def table() -> list[tuple[str, str, str]]:
    """Return (character, simplified or "", readings joined by "|") for every character that has a reading."""
    curated = curated_readings()
    rows = []
    for character in (chr(code) for span in RANGES for code in span):
        simplified = simplify(character)
        readings = curated.get(simplified) or dictionary_readings(simplified)[:1] or dictionary_readings(character)[:1]
        if readings:
            rows.append((character, "" if simplified == character else simplified, "|".join(readings)))
    return rows


def main() -> None:
    lines = [
        "# Chinese characters: simplified form (empty: itself) and toneless readings, usual first; v stands for ü.",
        "# Sources: OpenCC (Apache-2.0), pypinyin (MIT). Written by scripts/build_han_table.py.",
        "char\tsimplified\treadings",
    ]
    lines += ["\t".join(row) for row in table()]
    (DATA / "han.tsv").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
