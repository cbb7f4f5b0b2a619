"""What records are told in: the same words on the terminal, in reports and on the pages."""

from __future__ import annotations

from app.match.explain import KINDS as _KINDS

MEANING = {
    "block": "the ban that Importgate stands for applies",
    "review": "a person must look at this",
    "incomplete": "could not be screened in full",
    "clear": "nothing found",
}
RELATIONS = {
    "same": "matches",
    "variant": "variant",
    "different": "differs",
    "missing": "only listed",
    "extra": "only declared",
    "ignored": "not counted",
}
KINDS = {kind.value: word for kind, word in _KINDS.items()}
JURISDICTIONS = {
    "US": "United States",
    "EU": "European Union",
    "CA": "Canada",
    "BE": "Belgium",
    "GB": "United Kingdom",
    "UK": "United Kingdom",
}
