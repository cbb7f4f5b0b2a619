"""The policy table: who is in Xinjiang decides by role and strength."""

from __future__ import annotations

import pytest

from app.screening.model import Goods, Outcome, Party, Role
from app.screening.screen import screen
from app.screening.screener import Screener

IN_XINJIANG = "No. 16 Weiliu Road, Shihezi, Xinjiang 832000"


@pytest.mark.parametrize(
    ("party", "outcome"),
    [
        pytest.param(Party("Foo", IN_XINJIANG, "CN", role=Role.MANUFACTURER), Outcome.BLOCK, id="maker there"),
        pytest.param(Party("Foo", IN_XINJIANG, "CN", role=Role.SHIPPER), Outcome.REVIEW, id="shipper there"),
        pytest.param(Party("Foo", IN_XINJIANG, "CN"), Outcome.REVIEW, id="a party of unknown role there"),
        pytest.param(Party("Xinjiang Foo", "", "CN", role=Role.MANUFACTURER), Outcome.REVIEW, id="maker's name alone"),
        pytest.param(
            Party("Foo", "", "CN", {"uscc": "916501002999341730"}, role=Role.MANUFACTURER),
            Outcome.REVIEW,
            id="maker's code with a wrong check digit",
        ),
        pytest.param(
            Party("Foo", "5 Kiln Road", "CN", role=Role.MANUFACTURER, postal_code="830000"),
            Outcome.BLOCK,
            id="maker's postal code",
        ),
        pytest.param(
            Party("Foo", "Jingdezhen", "CN", role=Role.MANUFACTURER, goods=Goods(("520100",), "raw cotton", "CN")),
            Outcome.CLEAR,
            id="priority goods alone are noted",
        ),
        pytest.param(Party("", IN_XINJIANG, "CN", role=Role.MANUFACTURER), Outcome.BLOCK, id="maker without a name"),
        pytest.param(Party("", "Gent", "BE"), Outcome.INCOMPLETE, id="nothing to screen"),
        pytest.param(Party("Foo", "Kashi Tile, Yazd", "IR", role=Role.MANUFACTURER), Outcome.CLEAR, id="a look-alike"),
    ],
)
def test_where_the_party_is_decides(party: Party, outcome: Outcome, empty_screener: Screener) -> None:
    (found,) = screen([party], empty_screener)
    assert found.outcome is outcome, found.signals
