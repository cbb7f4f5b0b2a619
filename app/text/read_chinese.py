"""Reading Chinese, which is written without spaces: where one word ends and the next begins."""

from __future__ import annotations

from app.text.han import syllables
from app.text.latin import fold
from app.text.lexicon import MEANING, Lexicon, Word, lexicon
from app.text.name import Token, TokenKind
from app.text.numerals import HAN_ORDINAL, han_number
from app.text.scripts import Script

# What an unknown run of one to four characters costs beside a known word's 1: a brand has two or three characters,
# so that 上海南芯 is cut as 上海 and 南芯, not around 海南.
_RUN_PRICES = (2.0, 1.9, 3.0, 3.7)


def read_chinese(text: str, starts: bool) -> list[Token]:
    """The parts of a run of simplified Chinese; `starts` where a name, or what may be one, begins with it."""
    lex = lexicon()
    out: list[Token] = []
    at = 0
    for found in HAN_ORDINAL.finditer(text):
        if any(text.startswith(name, found.start()) for name in lex.numbered):
            continue
        out += _han_tokens(text[at : found.start()], lex, starts and at == 0)
        number = han_number(found.group(1) or found.group(2) or found.group(3))
        out.append(Token(found.group(), TokenKind.ORDINAL, number, number, Script.HAN))
        at = found.end()
        unit = lex.han.get(text[at : at + 1])
        if unit is not None:
            out.append(Token(text[at], unit.kind, "".join(syllables(text[at])), unit.concept, Script.HAN))
            at += 1
    return out + _han_tokens(text[at:], lex, starts and at == 0)


def _han_tokens(text: str, lex: Lexicon, starts: bool) -> list[Token]:
    out: list[Token] = []
    for surface, known in _cut_han(text, lex, starts):
        if known is None:
            out.append(Token(surface, TokenKind.BRAND, fold("".join(syllables(surface))), "", Script.HAN))
        else:
            letters = known.letters or fold("".join(syllables(surface)))
            out.append(Token(surface, known.kind, letters, known.concept, Script.HAN))
    return out


def _cut_han(text: str, lex: Lexicon, starts: bool) -> list[tuple[str, Word | None]]:
    """Cuts simplified text into known words and the runs between them, at the least cost."""
    size = len(text)
    cost = [0.0] * (size + 1)
    step: list[tuple[int, Word | None]] = [(1, None)] * (size + 1)
    for at in range(size - 1, -1, -1):
        options = [
            (price + cost[at + length], length, None) for length, price in enumerate(_RUN_PRICES[: size - at], 1)
        ]
        best: tuple[float, int, Word | None] = min(options)
        for length in range(min(lex.longest_han, size - at), 1, -1):
            known = lex.han.get(text[at : at + length])
            if known is not None:
                price = _word_price(known, text, at, length, starts) + cost[at + length]
                if price < best[0]:
                    best = (price, length, known)
        cost[at], step[at] = best[0], best[1:]
    out: list[tuple[str, Word | None]] = []
    at = 0
    while at < size:
        length, known = step[at]
        if known is None and out and out[-1][1] is None:
            out[-1] = (out[-1][0] + text[at : at + length], None)
        else:
            out.append((text[at : at + length], known))
        at += length
    return out


def _word_price(known: Word, text: str, at: int, length: int, starts: bool) -> float:
    """A known word costs 1, a longer one a little less. A place that stands where none is expected costs about as much
    as its characters: 北京 is a place anywhere, 太和 only where places stand."""
    if known.kind is TokenKind.PLACE and not known.everywhere and not (at == 0 and starts):
        return length - 0.05 if text[at - 1 : at] in tuple("省市区县州") else length + 0.5
    if known.kind is TokenKind.LEGAL_FORM and length == 2 and at + length < len(text):
        return 1.5
    if known.concept.startswith(MEANING):
        return 1.75  # a word of two characters inside a brand of three is chance
    return 1.0 - 0.01 * length
