"""Reading a name: what each of its parts is, whatever script it is written in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from app.text.clean import clean
from app.text.han import simplify
from app.text.latin import fold
from app.text.lexicon import Word, lexicon
from app.text.name import ReadName, Token, TokenKind
from app.text.numerals import latin_number
from app.text.pinyin import SYLLABLES, split_syllables
from app.text.read_chinese import read_chinese
from app.text.scripts import ARABIC, HAN, Script, script_of
from app.text.uyghur import romanise

# A run of Chinese or Arabic characters, initials, a word, or a bracket.
_PIECE = re.compile(
    f"[{HAN}]+|[{ARABIC}]+"
    r"|\b(?:[A-Za-z]\.){2,}(?:[A-Za-z]\b)?"
    r"|(?:[^\W_](?<![" + HAN + ARABIC + r"]))+(?:['’`ʻ](?:[^\W_](?<![" + HAN + ARABIC + r"]))+)*"
    r"|[()\[\]（）]"
)
# What of it a name in ASCII can hold, much faster.
_ASCII_PIECE = re.compile(r"\b(?:[A-Za-z]\.){2,}(?:[A-Za-z]\b)?|[A-Za-z0-9]+(?:['`][A-Za-z0-9]+)*|[()\[\]]")
_OPENING, _CLOSING = frozenset("([（"), frozenset(")]）")
_HAN_START, _ARABIC_START = re.compile(f"[{HAN}]"), re.compile(f"[{ARABIC}]")
_HUMP = re.compile("(?<=[a-z])(?=[A-Z][a-z])|(?<=[A-Z])(?=Co$)")
_ORDINAL_TAIL = re.compile(r"([A-Za-z]{2,})(\d+(?:st|nd|rd|th))$", re.IGNORECASE)
_LEAST_GLUED = 10
_LEAST_TRADE = 4
# What a place is said to be; the place is the same without.
_DIVISIONS = frozenset({"county", "district", "prefecture", "city", "town", "township"})
_LEAST_ACRONYM = 3
# Legal forms of three letters or fewer that are words or initials elsewhere count only at the end of a name.
_SURE_SHORT_FORMS = frozenset({"ltd", "inc", "llc", "plc", "co", "corp"})


class _Facts(NamedTuple):
    """What is to be known of a folded word wherever it stands. `begins`: a known phrase of several words does so;
    `pinyin`: it is made of syllables; `plain`: there is nothing to be known."""

    stop: bool
    begins: bool
    known: Word | None
    number: str
    syllable: bool
    pinyin: bool
    plain: bool


@lru_cache(maxsize=65536)
def _facts(word: str) -> _Facts:
    lex = lexicon()
    stop, begins, known, number = word in lex.stops, word in lex.latin_begins, lex.latin.get(word), latin_number(word)
    pinyin = split_syllables(word) is not None
    plain = not (stop or begins or known or number or pinyin or word in _DIVISIONS)
    return _Facts(stop, begins, known, number, word in SYLLABLES, pinyin, plain)


class _Piece(NamedTuple):
    """A word of a name, or a part of one."""

    surface: str
    word: str
    script: Script
    facts: _Facts


@lru_cache(maxsize=65536)
def _between_trades(word: str) -> int:
    """Where two words of trade that lost the space between them (ElectronicTechnology) are to be cut; 0 for others."""
    known = lexicon().latin
    if word in known:
        return 0
    for cut in range(_LEAST_TRADE, len(word) - _LEAST_TRADE + 1):
        left, right = known.get(word[:cut]), known.get(word[cut:])
        if left is not None and right is not None and left.kind is right.kind is TokenKind.INDUSTRY:
            return cut
    return 0


@lru_cache(maxsize=65536)
def _unglued(surface: str) -> tuple[str, ...]:
    """Parts a word that lost its spaces: XinjiangDaqoNewEnergyCo, TBEACo, ElectronicTechnology. One hump is spelling
    elsewhere: RoadRover."""
    cut = _between_trades(surface.lower()) if len(surface) >= _LEAST_GLUED and surface.isascii() else 0
    if cut:
        return surface[:cut], surface[cut:]
    humps = _HUMP.split(surface) if len(surface) > 4 and not surface.istitle() else [surface]
    return tuple(humps) if len(humps) > 3 or (len(humps) > 1 and humps[-1] == "Co") else (surface,)


@lru_cache(maxsize=65536)
def _pieces(surface: str, arabic: bool) -> tuple[_Piece, ...]:
    """A word, or what it is to be read as: parts "CETC55th" and writes abbreviations out; the surface stays with the
    first word of an expansion."""
    script = Script.ARABIC if arabic else Script.LATIN if surface.isascii() else script_of(surface)
    word = fold(romanise(surface) if arabic else surface)
    found: list[tuple[str, str]] = []
    abbreviations, latin = lexicon().abbreviations, lexicon().latin
    for part in _unglued(surface):
        if part != surface:
            word = fold(part)
        tail = None if part.isalpha() else _ORDINAL_TAIL.match(part)
        if tail:
            found += [(piece, fold(piece)) for piece in tail.groups()]
        elif word in abbreviations and word not in latin:
            found += [(part * (not index), piece) for index, piece in enumerate(abbreviations[word])]
        else:
            found.append((part, word))
    return tuple([_Piece(part, word, script, _facts(word)) for part, word in found])


class _Latin:
    """Reads a run of folded Latin words by the longest known phrase."""

    def __init__(self, words: list[_Piece], words_before: bool, closes: bool) -> None:
        self.lexicon = lexicon()
        self.words = words
        self.out: list[Token] = []
        self.has_brand = False
        self.starts = not words_before
        self.closes = closes

    def read(self) -> list[Token]:
        at = 0
        while at < len(self.words):
            surface, word, script, facts = self.words[at]
            if facts.plain:
                self.out.append(Token(surface, TokenKind.BRAND, word, "", script))
                self.has_brand = True
                at += 1
            else:
                at += self._step(at)
        return self.out

    def _step(self, at: int) -> int:
        surface, word, script, facts = self.words[at]
        if facts.stop or (word in _DIVISIONS and self.out and self.out[-1].kind is TokenKind.PLACE):
            self.out.append(Token(surface, TokenKind.STOP, word, word, script))
            return 1
        if facts.begins:
            size, known = self._longest(at)
        else:
            known = facts.known
            size, known = (1, known) if known is not None and self._may_stand(known, word, at, at) else (0, None)
        if facts.number and size < 2:
            self.out.append(Token(surface, TokenKind.ORDINAL, facts.number, facts.number, script))
            return 1
        if known is None and facts.syllable:
            size, known = self._split_place(at)
        if known is not None:
            self._add(at, size, known.kind, known.letters or self._letters(at, size), known.concept)
            return size
        size, known = self._pinyin_word(at)
        if known is not None:
            self._add(at, size, known.kind, self._letters(at, size), known.concept)
            return size
        glued = self._glued_place(word)
        if glued is not None:
            place, rest = glued
            self.out.append(Token(surface[: -len(rest)] or surface, place.kind, place.letters, place.concept, script))
            self.out.append(Token(surface[-len(rest) :], TokenKind.BRAND, rest, "", script))
            self.has_brand = True
            return 1
        size = self._syllables(at) if facts.syllable else 1
        self._add(at, size, TokenKind.BRAND, self._letters(at, size), "")
        return size

    def _split_place(self, at: int) -> tuple[int, Word | None]:
        """A well-known place written syllable by syllable: "Xin Jiang", "Wu Lu Mu Qi"."""
        glued = ""
        best: tuple[int, Word | None] = (0, None)
        for index in range(at, min(at + 5, len(self.words))):
            word = self.words[index].word
            if not self.words[index].facts.syllable:
                break
            glued += word
            known = self.lexicon.latin.get(glued)
            if index > at and known is not None and known.kind is TokenKind.PLACE and known.everywhere:
                best = (index - at + 1, known)
        return best

    def _syllables(self, at: int) -> int:
        """How many words from here are single pinyin syllables that no phrase claims: "Zhong Tai" is one brand."""
        end = at
        while end < len(self.words) and self.words[end].facts.syllable:
            if end > at and (self._longest(end)[1] is not None or self._pinyin_word(end)[1] is not None):
                break
            end += 1
        return max(end - at, 1)

    def _add(self, at: int, size: int, kind: TokenKind, letters: str, concept: str) -> None:
        surface, _, script, _ = self.words[at]
        if size > 1:
            surface = " ".join([piece.surface for piece in self.words[at : at + size] if piece.surface])
        self.out.append(Token(surface, kind, letters, concept, script))
        if kind is TokenKind.BRAND:
            self.has_brand = True

    def _letters(self, at: int, size: int) -> str:
        if size == 1:
            piece = self.words[at]
            return "" if piece.facts.stop else piece.word
        return "".join([piece.word for piece in self.words[at : at + size] if not piece.facts.stop])

    def _longest(self, at: int) -> tuple[int, Word | None]:
        """The longest known phrase that starts here and may stand here, and how many words it takes."""
        key = ""
        best: tuple[int, Word | None] = (0, None)
        taken = 0
        for index in range(at, len(self.words)):
            word = self.words[index].word
            if self.words[index].facts.stop:
                continue
            taken += 1
            if taken > self.lexicon.longest_latin:
                break
            key = f"{key} {word}" if key else word
            known = self.lexicon.latin.get(key)
            if known is not None and self._may_stand(known, key, at, index):
                best = (index - at + 1, known)
        return best

    def _may_stand(self, known: Word, key: str, first: int, last: int) -> bool:
        if known.kind is TokenKind.PLACE:
            return known.everywhere or (first == 0 and self.starts) or self._lies_in_last(known) or self.closes
        if known.kind is TokenKind.LEGAL_FORM and len(key.replace(" ", "")) <= 3 and key not in _SURE_SHORT_FORMS:
            return self._only_forms_after(last + 1)
        return True

    def _lies_in_last(self, known: Word) -> bool:
        """Whether the token before is a place around this one: Hunan Xinning is one, Jiangsu Xinning is not."""
        last = self.out[-1] if self.out else None
        return last is not None and last.concept in self.lexicon.place_parents.get(known.concept, ())

    def _only_forms_after(self, at: int) -> bool:
        return all(
            len(piece.word) <= 3 or (piece.facts.known and piece.facts.known.kind is TokenKind.LEGAL_FORM)
            for piece in self.words[at:]
        ) and bool(self.out or not self.starts)

    def _pinyin_word(self, at: int) -> tuple[int, Word | None]:
        """Chinese words spelt in pinyin ("Fangzhi", "Ji Tuan"): only after a brand, since 同鑫 Tongxin is not 通信."""
        if not self.has_brand:
            return 0, None
        best: tuple[int, Word | None] = (0, None)
        glued = ""
        for index in range(at, min(at + 6, len(self.words))):
            if not self.words[index].facts.pinyin:
                break
            glued += self.words[index].word
            known = self.lexicon.pinyin.get(glued)
            if known is not None:
                best = (index - at + 1, known)
        return best

    def _glued_place(self, word: str) -> tuple[Word, str] | None:
        """ "Xinjiangzhongtai": a well-known place at the front of a word whose rest is pinyin."""
        if len(word) < 9 or not _facts(word).pinyin:
            return None
        for size in range(len(word) - 4, 4, -1):
            known = self.lexicon.latin.get(word[:size])
            if known is not None and known.kind is TokenKind.PLACE and known.everywhere:
                rest = word[size:]
                return (known, rest) if split_syllables(rest) is not None else None
        return None


def _without_branch(tokens: list[Token]) -> list[Token]:
    """A branch named behind the legal form ("… Co., Ltd. Shangyu Branch", …有限公司上海分公司) is the company itself:
    what names the branch takes no part in matching."""
    if not tokens or tokens[-1].concept != "branch":
        return tokens
    forms = [index for index, token in enumerate(tokens[:-1]) if token.kind is TokenKind.LEGAL_FORM]
    if not forms:
        return tokens
    cut = forms[-1] + 1
    return tokens[:cut] + [token._replace(kind=TokenKind.STOP) for token in tokens[cut:]]


def _with_brand(tokens: list[Token]) -> list[Token]:
    """A name without a brand whose first place is a small one has that place for its brand: Wuzhou Special Paper."""
    if any(token.kind is TokenKind.BRAND for token in tokens):
        return tokens
    lex = lexicon()
    for index in range(len(tokens) - 1, -1, -1):
        token = tokens[index]
        if token.kind is TokenKind.PLACE and token.concept not in lex.large_places:
            return [*tokens[:index], token._replace(kind=TokenKind.BRAND, concept=""), *tokens[index + 1 :]]
    return tokens


@lru_cache(maxsize=65536)
def read_name(text: str) -> ReadName:
    """Reads a name in any script. Cleaning is part of it; an empty or letterless name has no tokens."""
    text = clean(text)
    script = script_of(text)
    plain = simplify(text) if script is Script.HAN else text
    tokens: list[Token] = []
    run: list[_Piece] = []
    bracket = False

    def flush(closes: bool) -> None:
        nonlocal run
        if closes and len(run) == 1 and _abbreviates(run[0][0], tokens):
            tokens.append(Token(run[0][0], TokenKind.STOP, run[0][1], run[0][1]))
        elif run:
            tokens.extend(_Latin(run, bool(tokens), closes).read())
        run = []

    ascii_only = plain.isascii()
    for surface in (_ASCII_PIECE if ascii_only else _PIECE).findall(plain):
        if surface in _OPENING or surface in _CLOSING:
            flush(closes=bracket and surface in _CLOSING)
            bracket = surface in _OPENING
        elif not ascii_only and _HAN_START.match(surface):
            flush(closes=False)
            starts = not tokens or bracket or tokens[-1].kind is TokenKind.PLACE
            tokens.extend(read_chinese(surface, starts))
        else:
            run += _pieces(surface, not ascii_only and _ARABIC_START.match(surface) is not None)
    flush(closes=False)
    return ReadName(text, script, tuple(_with_brand(_without_branch([t for t in tokens if t.letters]))))


def _abbreviates(word: str, tokens: list[Token]) -> bool:
    """Whether a word in brackets is the initials of the name before it: (BUAA) says nothing that the name does not."""
    if len(word) < _LEAST_ACRONYM or not word.isupper():
        return False
    words = " ".join(token.surface for token in tokens).replace("-", " ").split()
    return "".join(part[0].upper() for part in words if fold(part) not in lexicon().stops).startswith(word)
