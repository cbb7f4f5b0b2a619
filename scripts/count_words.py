#!/usr/bin/env python3
"""Counts in how many company names each word stands: writes `app/match/frequencies.tsv`.

    scripts/count_words.py NAMES.txt.gz

NAMES holds one company name a line. Only counts are written, and only of words in three names or more, so that no
name can be put together again from the table.
"""

from __future__ import annotations

import gzip
import sys
from collections import Counter
from pathlib import Path

from app.match.rarity import MEANT
from app.text.name import TokenKind
from app.text.read import read_name

TARGET = Path(__file__).resolve().parents[1] / "app" / "match" / "frequencies.tsv"
LEAST = 3


def words_of(name: str) -> set[str]:
    """The letters of every token, the whole brand as one word, and what words of trade and body mean."""
    read = read_name(name)
    words = {token.letters for token in read.tokens if token.kind is not TokenKind.LEGAL_FORM}
    meant = {MEANT + token.concept for token in read.tokens if token.kind in (TokenKind.INDUSTRY, TokenKind.ORG)}
    return {word for word in words | {read.brand} if word.isascii() and word.isalnum()} | meant


def main() -> None:
    counts: Counter[str] = Counter()
    total = 0
    with gzip.open(sys.argv[1], "rt", encoding="utf-8") as names:
        for line in names:
            total += 1
            counts.update(words_of(line))
    rows = sorted((word, count) for word, count in counts.items() if count >= LEAST)
    text = "".join(f"{word}\t{count}\n" for word, count in [("#names", total), *rows])
    TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
