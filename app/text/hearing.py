"""How a coined Latin brand renders a Chinese one: Jutze for Juzi, Kingfa for 金发, Audiowell for 奥迪威.

Such names are neither pinyin nor translations: each syllable is spelt as English ears would have it, or stands for what
its character means. A Latin word is cut into one chunk a syllable at the least cost; the prices are judged from the
English names that Chinese companies use, and stand in `data/hearing.tsv` with the words that characters are coined as.
"""

from __future__ import annotations

from functools import cache, lru_cache

from app.text.tables import read_table, spellings

_VOWELS = frozenset("aeiouy")
_LONGEST_CHUNK = 6
_LONGEST_WORD = 24


@cache
def _table() -> tuple[
    dict[str, dict[str, float]], dict[str, dict[str, float]], dict[str, frozenset[str]], dict[str, float]
]:
    """Onsets and finals with the Latin spellings of each and their prices, coined words by character, other prices."""
    onsets: dict[str, dict[str, float]] = {}
    finals: dict[str, dict[str, float]] = {}
    coined: dict[str, frozenset[str]] = {}
    prices: dict[str, float] = {}
    for row in read_table("hearing"):
        words = spellings(row["spellings"])
        if row["part"] == "coined":
            coined[row["of"]] = frozenset(words)
        elif row["part"] == "price":
            prices[row["of"]] = float(row["price"])
        else:
            table = onsets if row["part"] == "onset" else finals
            table.setdefault(row["of"], {}).update(dict.fromkeys(words, float(row["price"])))
    for table in (onsets, finals):
        for part, known in table.items():
            known[part] = 0.0
    return onsets, finals, coined, prices


def _parted(syllable: str) -> tuple[str, str]:
    for size in (2, 1):
        if syllable[:size] in _table()[0]:
            return syllable[:size], syllable[size:]
    return "", syllable


@lru_cache(maxsize=65536)
def _chunk_price(char: str, syllable: str, chunk: str) -> float:
    """What it costs to hear `syllable` in `chunk`: 0 for the syllable itself, 1 for another."""
    onsets, finals, coined, prices = _table()
    if chunk == syllable:
        return 0.0
    if chunk in coined.get(char, ()):
        return prices["coined"]
    onset, final = _parted(syllable)
    heard = onsets.get(onset, {})
    best = 1.0
    for size in range(min(3, len(chunk)) + 1):
        first, rest = chunk[:size], chunk[size:]
        begins = heard.get(first, prices["onset"]) if first or onset else 0.0
        if not first and onset:
            begins = prices["no_onset"]
        ends = _final_price(final, rest, finals, prices)
        best = min(best, prices["onset_share"] * begins + (1 - prices["onset_share"]) * ends)
    return best


def _final_price(final: str, rest: str, finals: dict[str, dict[str, float]], prices: dict[str, float]) -> float:
    known = finals.get(final, {})
    if rest in known:
        return known[rest]
    if not rest:
        return prices["no_final"]
    # A consonant more at the end is the habit of English: well for wei, kett for ke.
    for extra in (1, 2):
        stem, tail = rest[:-extra], rest[-extra:]
        if stem in known and not _VOWELS & set(tail):
            return min(1.0, known[stem] + extra * prices["closing"])
    return prices["final"] if rest[0] in _VOWELS else 1.0


@lru_cache(maxsize=65536)
def heard(chars: str, syllables: tuple[str, ...], letters: str) -> float:
    """How well `letters` render the syllables (of `chars`, where known), 0 to 1; 1 only for the pinyin itself."""
    prices = _table()[3]
    letters = letters[:_LONGEST_WORD]
    size = len(letters)
    worst = float("inf")
    costs = [0.0] + [worst] * size
    for at, syllable in enumerate(syllables):
        char = chars[at] if at < len(chars) else ""
        row = [cost + prices["dropped"] for cost in costs]
        for start in range(size):
            if costs[start] == worst:
                continue
            for end in range(start + 1, min(start + _LONGEST_CHUNK, size) + 1):
                price = costs[start] + _chunk_price(char, syllable, letters[start:end])
                if price < row[end]:
                    row[end] = price
        costs = row
    total = min(cost + prices["letter_over"] * (size - end) for end, cost in enumerate(costs))
    return max(0.0, 1.0 - total / max(len(syllables), 1))
