"""Identifiers beside names: the same one proves a listing, another of the same kind speaks against it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.index.compiled import load, save
from app.screening.model import Outcome, Party, Strength
from app.screening.screen import screen
from app.screening.screener import Screener

AZURITE, OTHER = "916501002999341738", "91110000600037341L"


@pytest.mark.parametrize(
    ("party", "listing"),
    [
        pytest.param(Party("Quite Another Ltd", identifiers={"uscc": AZURITE}), "own/azurite", id="own column"),
        pytest.param(
            Party("Quite Another Ltd", identifiers={"uscc": "9165 0100-2999341738"}),
            "own/azurite",
            id="separators",
        ),
        pytest.param(Party("Quite Another Ltd", f"USCC {AZURITE}, Gent"), "own/azurite", id="in the address"),
        pytest.param(Party(f"Another Name ({AZURITE})"), "own/azurite", id="in the name"),
        pytest.param(Party("Other", identifiers={"lei": "hwupkr0mpou8fgxbt394"}), "own/beryl", id="LEI in lower case"),
    ],
)
def test_the_same_identifier_is_a_strong_hit_whatever_the_name_says(
    party: Party, listing: str, screener: Screener
) -> None:
    (found,) = screen([party], screener)
    assert [(hit.listing_id, hit.strength, hit.explanation["rule"]) for hit in found.hits] == [
        (listing, Strength.STRONG, "identifier")
    ]
    assert found.outcome is Outcome.BLOCK
    assert "whatever the party's name says" in found.hits[0].explanation["summary"]


def test_name_and_identifier_make_one_hit(screener: Screener) -> None:
    (found,) = screen([Party("Azurite Valley Polymer", identifiers={"uscc": AZURITE})], screener)
    (hit,) = found.hits
    assert (hit.score, hit.strength) == (1.0, Strength.STRONG)
    assert hit.explanation["tokens"], "the alignment of the names is kept"
    assert hit.explanation["identifier"]["relation"] == "same"


def test_another_code_weakens_the_same_name_and_says_so(screener: Screener) -> None:
    bare, other = screen(
        [Party("Azurite Valley Polymer"), Party("Azurite Valley Polymer", identifiers={"uscc": OTHER})], screener
    )
    assert (bare.hits[0].strength, bare.outcome) == (Strength.STRONG, Outcome.BLOCK)
    assert (other.hits[0].strength, other.outcome) == (Strength.POSSIBLE, Outcome.REVIEW)
    assert OTHER in other.hits[0].explanation["summary"]
    assert "branch" in other.hits[0].explanation["caveats"][-1]


@pytest.mark.parametrize(
    "identifiers",
    [
        pytest.param({"uscc": "916501002999341739"}, id="wrong check digit"),
        pytest.param({"lei": "HWUPKR0MPOU8FGXBT394"}, id="a kind that the listing has not"),
    ],
)
def test_what_proves_nothing_weakens_nothing(identifiers: dict[str, str], screener: Screener) -> None:
    (found,) = screen([Party("Azurite Valley Polymer", identifiers=identifiers)], screener)
    hit = next(hit for hit in found.hits if hit.listing_id == "own/azurite")
    assert hit.strength is Strength.STRONG


def test_a_listing_that_is_no_longer_in_force_is_no_hit(screener: Screener) -> None:
    (found,) = screen([Party("Another", identifiers={"uscc": "914200007146661114"})], screener)
    assert found.hits == ()


@pytest.mark.parametrize(
    ("code", "listings"),
    [
        pytest.param("CNCITHAR12HOT", ["own/citrine"], id="name and city"),
        pytest.param("CNCITHAR9999HET", ["own/citrine"], id="another spelling of the city, any number"),
        pytest.param("CNCITHARLOP", ["own/citrine"], id="the county, without a number"),
        pytest.param("CNCITHAR12SHA", [], id="another city"),
        pytest.param("CNCITRID12HOT", [], id="another name"),
        pytest.param("USCITHAR12HOT", [], id="another country"),
    ],
)
def test_a_manufacturer_id_that_a_listing_would_have_is_possible(
    code: str, listings: list[str], screener: Screener
) -> None:
    (found,) = screen([Party("Quite Another Ltd", identifiers={"mid": code})], screener)
    assert [hit.listing_id for hit in found.hits] == listings
    assert all(hit.strength is Strength.POSSIBLE for hit in found.hits)


def test_identifiers_survive_saving_and_a_list_without_any_is_mapped(
    screener: Screener, empty_screener: Screener, tmp_path: Path
) -> None:
    for number, item in enumerate((screener, empty_screener)):
        folder = tmp_path / str(number)
        save(item.compiled, folder)
        mapped = load(folder)
        assert mapped is not None
        assert mapped.listings_with("uscc", AZURITE) == item.compiled.listings_with("uscc", AZURITE) == [0][number:]
        assert mapped.listings_with("uscc", OTHER) == []


def test_the_result_does_not_depend_on_the_batch(screener: Screener) -> None:
    parties = [Party("Azurite Valley Polymer", identifiers={"uscc": code}) for code in ("", AZURITE, OTHER)]
    assert screen(parties, screener) == [screen([party], screener)[0] for party in parties]
