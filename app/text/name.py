"""A name after reading: the value that index, matcher and explanation share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, NamedTuple, Self, TypeVar, overload

from app.text.latin import fold
from app.text.scripts import Script

Value = TypeVar("Value")


class _Once(Generic[Value]):
    """A property that is computed once. Unlike `functools.cached_property` it takes no lock, which costs more than most
    of these values: two threads at worst compute the same one."""

    def __init__(self, compute: Callable[[Any], Value]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Value: ...
    def __get__(self, instance: object | None, owner: type) -> Self | Value:
        if instance is None:
            return self
        value: Value = self._compute(instance)
        instance.__dict__[self._name] = value
        return value


class TokenKind(StrEnum):
    """What a part of a name is. BRAND is the distinctive rest (字号)."""

    BRAND = "brand"
    PLACE = "place"
    INDUSTRY = "industry"
    ORDINAL = "ordinal"
    ORG = "org"
    LEGAL_FORM = "legal_form"
    STOP = "stop"


class Token(NamedTuple):
    """One part of a name.

    `surface` is the part as written; `letters` its sound in a-z and 0-9 (Han as pinyin); `concept` is the same for all
    spellings of a place, an industry word, a number or a documented brand, and empty for any other brand.
    """

    surface: str
    kind: TokenKind
    letters: str
    concept: str = ""
    script: Script = Script.LATIN


@dataclass(frozen=True)
class ReadName:
    """A cleaned name and its tokens in order. Two names are the same after reading when their `core` is."""

    text: str
    script: Script
    tokens: tuple[Token, ...]

    @_Once
    def telling(self) -> tuple[Token, ...]:
        """Everything that is neither legal form nor stop word."""
        return tuple([t for t in self.tokens if t.kind is not TokenKind.LEGAL_FORM and t.kind is not TokenKind.STOP])

    @_Once
    def written(self) -> tuple[str, ...]:
        """The words as written, folded, without those of the legal form."""
        surfaces = [token.surface for token in self.tokens if token.kind is not TokenKind.LEGAL_FORM]
        return tuple([word for word in map(fold, " ".join(surfaces).replace("-", " ").split()) if word])

    @_Once
    def meanings(self) -> frozenset[tuple[TokenKind, str]]:
        """What the telling parts are and mean, where that is known."""
        return frozenset([(t.kind, t.concept) for t in self.telling if t.concept])

    @_Once
    def spellings(self) -> frozenset[str]:
        """The letters of the telling parts."""
        return frozenset([t.letters for t in self.telling])

    @_Once
    def core(self) -> str:
        """The letters of everything that is neither legal form nor stop word: the whole name as one word."""
        return "".join([t.letters for t in self.telling])

    @_Once
    def identity(self) -> str:
        """Like `core`, but with Han kept: two Chinese names that only sound alike differ here."""
        if self.script is not Script.HAN:
            return self.core
        numbers = TokenKind.ORDINAL
        return "".join(
            [t.surface if t.script is Script.HAN and t.kind is not numbers else t.letters for t in self.telling]
        )

    @_Once
    def spelled(self) -> str:
        """The letters of every part, legal forms too: names that only their spaces tell apart are the same here."""
        return "".join([t.letters if t.script is not Script.HAN else t.surface for t in self.tokens])

    @_Once
    def own_words(self) -> tuple[str, ...]:
        """What is left of the name without its place and the kind of body: brand, trade and number, by meaning."""
        kinds = (TokenKind.BRAND, TokenKind.INDUSTRY, TokenKind.ORDINAL)
        return tuple(
            [t.concept or (t.surface if t.script is Script.HAN else t.letters) for t in self.tokens if t.kind in kinds]
        )

    @_Once
    def brand(self) -> str:
        """The letters of all brand tokens, glued."""
        return "".join([t.letters for t in self.tokens if t.kind is TokenKind.BRAND])

    @_Once
    def is_distinctive(self) -> bool:
        """Whether any token tells this name from the others of its trade and place."""
        return any(t.kind is TokenKind.BRAND for t in self.tokens)

    def concepts(self, kind: TokenKind) -> frozenset[str]:
        return frozenset(t.concept for t in self.tokens if t.kind is kind)
