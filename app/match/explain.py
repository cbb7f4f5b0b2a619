"""Why a match: one sentence for people, and the aligned names as data. Both say the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.index.compiled import NameFlag
from app.match import policy
from app.match.align import Pairing, Relation, align, pairing
from app.match.match import Match
from app.match.rarity import token_rarity
from app.text.name import ReadName, Token, TokenKind
from app.text.scripts import Script

KINDS = {
    TokenKind.BRAND: "brand",
    TokenKind.PLACE: "place",
    TokenKind.INDUSTRY: "trade word",
    TokenKind.ORDINAL: "number",
    TokenKind.ORG: "kind of body",
    TokenKind.LEGAL_FORM: "legal form",
    TokenKind.STOP: "filler",
}
_RULES = {
    "identical": "is the listed name {listed}; case, punctuation, script variant and legal form aside",
    "person": "has every word of the listed person's name {listed} and no other",
    "same_sound": "reads the same as the listed name {listed}, which is in another script",
    "slip": "is one slip of the keyboard away from the listed name {listed}",
    "same_own_words": "has the brand and the trade of the listed name {listed}",
    "own_brand": "bears the brand of the listed name {listed}, which hardly any other company has",
    "body_of": "begins with the whole name of the listed {listed} and goes on to name a body of it",
    "cut": "is the beginning of the listed name {listed}, cut where forms cut names",
    "scope": "begins with the listed name {listed}, whose listing also reaches others than the party it names",
    "model": "is close to the listed name {listed}",
}
_CAVEATS = (
    (NameFlag.UNVERIFIED, "that this native name belongs to the listing is our judgement, not stated by a source"),
    (NameFlag.WEAK, "the listed name is short or generic"),
)


def explain(match: Match, query: ReadName, listed: ReadName, flags: NameFlag) -> dict[str, Any]:
    """The explanation of a hit: `summary`, the two names as read, `rule`, what it `covers`, and the rest:
    `caveats`, `tokens`, `points`.

    Each of `tokens` has the part of the party's name (`query`) and of the listed name (`listed`), either None where
    there is none, the `kind`, the `relation` (same, variant, different, missing, extra, ignored), the `weight` (its
    rarity among company names, 0 to 12.4) and, for Han, a `gloss`. `points` are the log-odds by feature, with the
    reason from the policy table.
    """
    pairs = list(match.pairs) or align(query, listed)
    if match.rule == "slip":
        pairs = _joined(query, listed, pairs)
    rows = _in_order(query, [*pairs, *_ignored(query, listed)])
    caveats = [text for flag, text in _CAVEATS if flag in flags]
    return {
        "summary": _summary(match, query, listed, pairs, caveats),
        "query": query.text,
        "listed": listed.text,
        "rule": match.rule,
        "covers": _covers(match, flags),
        "caveats": caveats,
        "tokens": [_row(pair) for pair in rows],
        "points": [
            {"feature": name, "points": round(points, 2), "reason": policy.REASONS[name]}
            for name, points in match.points
        ],
    }


def _joined(query: ReadName, listed: ReadName, pairs: Sequence[Pairing]) -> list[Pairing]:
    """The pairs of names that a slip tells apart: what the alignment left over stands for each other."""
    over = [pair for pair in pairs if pair.relation in (Relation.DIFFERENT, Relation.EXTRA, Relation.MISSING)]
    left = [token for token in query.tokens if any(token is other for pair in over for other in pair.query)]
    right = [token for token in listed.tokens if any(token is other for pair in over for other in pair.listed)]
    kept = [pair for pair in pairs if pair not in over]
    return [*kept, pairing(left, right, Relation.VARIANT, policy.ONE_SLIP)] if over else kept


def _covers(match: Match, flags: NameFlag) -> str:
    """Whether the hit is the listed `party` itself, a `subsidiary` that the listing names, or under its `scope`."""
    if match.rule == "scope":
        return "scope"
    return "subsidiary" if NameFlag.SUBSIDIARY in flags else "party"


def _ignored(query: ReadName, listed: ReadName) -> list[Pairing]:
    silent = (TokenKind.LEGAL_FORM, TokenKind.STOP)
    left = [token for token in query.tokens if token.kind in silent]
    right = [token for token in listed.tokens if token.kind in silent]
    out = []
    for token in left:
        facing = next((other for other in right if other.kind is token.kind), None)
        if facing is not None:
            right.remove(facing)
        out.append(pairing((token,), (facing,) if facing else (), Relation.IGNORED, 1.0))
    return out + [pairing((), (token,), Relation.IGNORED, 1.0) for token in right]


def _in_order(query: ReadName, pairs: Iterable[Pairing]) -> list[Pairing]:
    """By where they stand in the party's name; what only the listed name has comes last, in its own order."""
    place = {id(token): index for index, token in enumerate(query.tokens)}
    return sorted(pairs, key=lambda pair: min((place[id(token)] for token in pair.query), default=len(place)))


def _surface(tokens: Sequence[Token]) -> str | None:
    joint = "" if all(token.script is Script.HAN for token in tokens) else " "
    return joint.join(token.surface for token in tokens) or None


def _row(pair: Pairing) -> dict[str, Any]:
    row: dict[str, Any] = {
        "query": _surface(pair.query),
        "listed": _surface(pair.listed),
        "kind": pair.kind.value,
        "relation": pair.relation.value,
        "weight": 0.0 if pair.relation is Relation.IGNORED else round(_weight(pair), 2),
    }
    gloss = "; ".join(dict.fromkeys(_gloss(t) for t in (*pair.query, *pair.listed) if t.script is not Script.LATIN))
    if gloss:
        row["gloss"] = gloss
    return row


def _weight(pair: Pairing) -> float:
    return max(map(token_rarity, pair.listed or pair.query), default=0.0)


def _gloss(token: Token) -> str:
    """和田 is Hetian, a place: enough for a reader without Chinese to follow the alignment."""
    spelt = token.letters.capitalize()
    if token.kind in (TokenKind.INDUSTRY, TokenKind.ORG, TokenKind.LEGAL_FORM):
        return f"{token.surface} ({spelt}): “{token.concept.replace('_', ' ')}”"
    return f"{token.surface} ({spelt}): a {KINDS[token.kind]}"


def _named(tokens: Sequence[Token]) -> str:
    """The part as written, with its reading where it is not Latin."""
    text = _surface(tokens) or ""
    if all(token.script is Script.LATIN for token in tokens):
        return text
    meaning = " ".join(
        token.concept.replace("_", " ") if token.kind is TokenKind.INDUSTRY else token.letters.capitalize()
        for token in tokens
    )
    return f"{text} ({meaning})"


def _summary(match: Match, query: ReadName, listed: ReadName, pairs: Sequence[Pairing], caveats: Sequence[str]) -> str:
    head = f"“{query.text}” " + _RULES[match.rule].format(listed=f"“{listed.text}”")
    agreeing = [_agreement(pair) for pair in pairs if pair.relation in (Relation.SAME, Relation.VARIANT)]
    differing = [
        _difference(pair) for pair in pairs if pair.relation in (Relation.DIFFERENT, Relation.MISSING, Relation.EXTRA)
    ]
    parts = [head]
    if match.rule not in ("identical", "person"):
        parts += [f"it agrees in {', '.join(agreeing)}"] if agreeing else []
        parts += [f"it differs in {', '.join(differing)}"] if differing else []
    elif query.script is not Script.LATIN:
        parts += [f"it reads {', '.join(agreeing)}"] if agreeing else []
    return "; ".join([*parts, *caveats]) + "."


def _agreement(pair: Pairing) -> str:
    left, right = _named(pair.query), _named(pair.listed)
    kind = KINDS[pair.kind]
    if left.casefold() == right.casefold():
        return f"the {kind} {left}"
    return f"the {kind} {left} {'≈' if pair.relation is Relation.VARIANT else '='} {right}"


def _difference(pair: Pairing) -> str:
    kind = KINDS[pair.kind]
    if pair.relation is Relation.DIFFERENT:
        return f"the {kind} ({_named(pair.query)}, not {_named(pair.listed)})"
    if pair.relation is Relation.MISSING:
        return f"the {kind} {_named(pair.listed)}, which only the listed name has"
    return f"the {kind} {_named(pair.query)}, which only the party has"
