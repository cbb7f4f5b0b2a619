"""Whether a name holds something that tells it from the other names of its trade and place."""

from __future__ import annotations

from app.text.name import TokenKind
from app.text.read import read_name

# There is one such body a place: "Hotan Prefecture Public Security Bureau" names it, though every word is a common one.
_BODIES_OF_A_PLACE = frozenset({"public_security", "prison", "government"})


def is_distinctive(name: str) -> bool:
    """True for "Esquel Group", "Xinjiang Daxin Energy" (Daxin is a place, used as a brand) and "Yunnan 1st Prison";
    False for "Shandong Gold Mining Co., Ltd."."""
    read = read_name(name)
    places = read.concepts(TokenKind.PLACE)
    return (
        read.is_distinctive
        or len(places) > 1
        or (bool(places) and not _BODIES_OF_A_PLACE.isdisjoint(read.concepts(TokenKind.ORG)))
    )
