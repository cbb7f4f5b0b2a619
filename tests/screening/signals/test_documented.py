"""docs/signals.md names every code that a signal can have, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from app.screening.chains import Exposure, Link, LinkKind, Standing, signals_of
from app.screening.model import Goods, Outcome, Party, Role, Signal
from app.screening.signals import signals_of as party_signals

DOCUMENT = Path(__file__).parents[3] / "docs" / "signals.md"
CODES = {"uscc": "916501002999341738", "business_licence": "650102000000012", "customs": "6501930001"}
WRONG = {"uscc": "91", "business_licence": "65", "customs": "65", "lei": "HWUP", "mid": "??"}
PARTIES = [
    Party("Foo", "Shihezi, Xinjiang", "CN"),
    Party("Foo", "", "CN", postal_code="832000"),
    Party("Xinjiang Urumqi Foo", "", "CN"),
    Party("Foo", "Tel +86 991 2345678", "CN"),
    Party("Foo", identifiers=CODES),
    Party("Foo", "Urumqi", identifiers=WRONG),
    Party("Bar", "16 Weiliu Road, Wuhan", identifiers={"mid": "CNFOO99URU"}),
    Party("Foo", "5 Road", "CN", role=Role.MANUFACTURER),
    Party("Foo", "5 Road", "CN", role=Role.MANUFACTURER, postal_code="990000"),
    Party("Foo", "5 Road", "CN", role=Role.MANUFACTURER, postal_code="830000"),
    Party("Foo", "", "CN", goods=Goods(("520100", "870899"), "tomato paste")),
]


def raised() -> set[str]:
    links = [Link("A", "B"), Link("A", "B", LinkKind.OWNERSHIP, share=60)]
    found: list[Signal] = [signal for party in PARTIES for signal in party_signals(party)]
    found += signals_of([Exposure("B", "A", Standing(Outcome.BLOCK), (link,)) for link in links])
    return {
        re.sub(r"^.*(_core|_downstream|_word)$", r"\1", signal.code) if signal.kind == "goods" else signal.code
        for signal in found
    }


def test_every_code_is_documented() -> None:
    table = DOCUMENT.read_text(encoding="utf-8").partition("## The rules in one table")[2].partition("\n\nA signal")[0]
    cells = [line.split("|")[2] for line in table.splitlines() if line.startswith("| `")]
    assert set(re.findall(r"`(\w+)`", " ".join(cells))) == raised()
