"""The rules that the lists keep: each holds on the real lists, and each finds the one thing that breaks it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.lists.check import RULES, Catalogue, check_lists
from app.lists.model import (
    Alias,
    AliasKind,
    Change,
    Effect,
    EntityList,
    Kind,
    Listing,
    NativeKind,
    NativeName,
    Programme,
    Scope,
    Tie,
)
from app.lists.sources import bundled_sources, load_programmes

TODAY = date(2026, 11, 23)
PROGRAMMES = {"p": Programme("p", "P", True, (Effect("US", "A ban.", "19 U.S.C. 1307"),))}


def listing(slug: str = "esquel", **changes: Any) -> Listing:
    sound = Listing(
        id=f"l/{slug}",
        list_id="l",
        name="Esquel Textile Co., Ltd.",
        listed_on=date(2022, 6, 21),
        citation="87 FR 47777",
        sources=("https://example.org/",),
    )
    return replace(sound, **changes)


def native(name: str = "溢达集团", **changes: Any) -> NativeName:
    return replace(NativeName(name, NativeKind.REGISTERED, Tie.STATED, "high", "https://example.org/"), **changes)


def catalogue(*listings: Listing, **changes: Any) -> Catalogue:
    sound = EntityList(
        id="l",
        title="L",
        authority="A",
        programme="p",
        legal_effect="None.",
        source="https://example.org/",
        licence="free",
        as_of=date(2026, 8, 11),
        expected=len(listings),
        listings=listings,
        sha256="0" * 64,
    )
    return Catalogue([replace(sound, **changes)], PROGRAMMES, TODAY)


def found(broken: Catalogue) -> list[str]:
    return [rule.name for rule, _ in check_lists(broken)]


@pytest.fixture(scope="module")
def real() -> Catalogue:
    return Catalogue([source.load() for source in bundled_sources()], load_programmes(), TODAY)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_real_lists_keep_the_rule(rule: Any, real: Catalogue) -> None:
    assert [f"{problem.subject}: {problem.message}" for problem in rule.check(real)] == []


def test_a_sound_list_has_no_problem() -> None:
    sound = listing(
        aliases=(Alias("Yida", weak=True), Alias("Esquel Group")),
        native_names=(native(),),
        identifiers={"uscc": ("91650000682749042X",), "lei": ("5493001KJTIIGC8Y1R12",), "ofac_uid": ("29220",)},
        delisted_on=date(2023, 1, 1),
        history=(Change(date(2023, 1, 1), "Removed"),),
    )
    assert found(catalogue(sound)) == []


def _alias(name: str, **changes: Any) -> Listing:
    return listing(aliases=(Alias(name, **changes),))


BAD: list[Any] = [
    pytest.param("ids-unique", lambda: catalogue(listing(), listing()), id="same-id-twice"),
    pytest.param("id-form", lambda: catalogue(listing("a", id="other/esquel")), id="another-list's-id"),
    pytest.param("id-form", lambda: catalogue(listing("Esquel_Group")), id="capitals-and-underscore"),
    pytest.param("sorted", lambda: catalogue(listing("b"), listing("a")), id="not-sorted"),
    pytest.param("size", lambda: catalogue(listing(), expected=2), id="one-entry-lost"),
    pytest.param("list-source", lambda: catalogue(listing(), source="dhs.gov"), id="source-is-no-address"),
    pytest.param("list-source", lambda: catalogue(listing(), licence=""), id="no-licence"),
    pytest.param("programme", lambda: catalogue(listing(), programme="q"), id="unknown-programme"),
    pytest.param(
        "programme",
        lambda: replace(catalogue(listing()), programmes={"p": Programme("p", "P", True, (Effect("US", "Ban", ""),))}),
        id="effect-without-citation",
    ),
    pytest.param("citation", lambda: catalogue(listing(citation="")), id="no-citation"),
    pytest.param("citation", lambda: catalogue(listing(sources=("a book",))), id="source-is-no-web-address"),
    pytest.param("citation", lambda: catalogue(listing(sources=())), id="no-sources"),
    pytest.param("dates", lambda: catalogue(listing(listed_on=date(1922, 6, 21))), id="before-the-tariff-act"),
    pytest.param("dates", lambda: catalogue(listing(listed_on=date(2026, 9, 1))), id="after-as-of"),
    pytest.param("dates", lambda: catalogue(listing(), as_of=date(2027, 1, 1)), id="as-of-in-the-future"),
    pytest.param(
        "dates",
        lambda: catalogue(listing(delisted_on=date(2022, 6, 21), history=(Change(date(2022, 6, 21), "x"),))),
        id="ended-before-it-began",
    ),
    pytest.param("dates", lambda: catalogue(listing(delisted_on=date(2023, 1, 1))), id="end-without-history"),
    pytest.param(
        "dates", lambda: catalogue(listing(history=(Change(date(2026, 9, 1), "x"),))), id="change-after-as-of"
    ),
    pytest.param("repeats", lambda: catalogue(_alias("ESQUEL TEXTILE CO LTD")), id="alias-is-the-name"),
    pytest.param(
        "repeats",
        lambda: catalogue(listing(aliases=(Alias("Esquel-Group"), Alias("Esquel Group", AliasKind.FKA)))),
        id="alias-twice",
    ),
    pytest.param("repeats", lambda: catalogue(listing(native_names=(native(), native()))), id="native-name-twice"),
    pytest.param("distinctive", lambda: catalogue(_alias("China Cotton Trading Co., Ltd.")), id="generic-alias"),
    pytest.param("clause-in-name", lambda: catalogue(listing(name="Esquel and Subsidiaries")), id="scope-in-name"),
    pytest.param("clause-in-name", lambda: catalogue(_alias("Esquel (also known as Yida)")), id="clause-in-alias"),
    pytest.param("clause-in-name", lambda: catalogue(_alias("Esquel (Group")), id="open-bracket"),
    pytest.param("natives", lambda: catalogue(listing(native_names=(native("Yida Group"),))), id="latin-native-name"),
    pytest.param("natives", lambda: catalogue(listing(native_names=(native(confidence="low"),))), id="low-confidence"),
    pytest.param(
        "natives", lambda: catalogue(listing(native_names=(native(kind=NativeKind.BRAND),))), id="strong-brand"
    ),
    pytest.param("native-source", lambda: catalogue(listing(native_names=(native(source=""),))), id="no-source"),
    pytest.param(
        "native-source", lambda: catalogue(listing(native_names=(native(source="github:a/b"),))), id="carrier-as-source"
    ),
    pytest.param(
        "identifiers", lambda: catalogue(listing(identifiers={"uscc": ("916500006827490421",)})), id="uscc-digit"
    ),
    pytest.param("identifiers", lambda: catalogue(listing(identifiers={"vat": ("1",)})), id="unknown-identifier"),
    pytest.param(
        "parent", lambda: catalogue(listing(parent="Huafu", parent_inferred=True)), id="inference-unexplained"
    ),
    pytest.param(
        "parent", lambda: catalogue(listing(parent="Huafu", notes="By inferred link.")), id="inference-unmarked"
    ),
    pytest.param("parent", lambda: catalogue(listing(parent="Esquel Textile Co. Ltd")), id="own-parent"),
    pytest.param("region", lambda: catalogue(listing(kind=Kind.REGION)), id="region-as-party"),
    pytest.param("region", lambda: catalogue(listing(scope=Scope.GOODS)), id="goods-as-company"),
    pytest.param("region", lambda: catalogue(listing(name="Hotan Prefecture")), id="company-named-as-region"),
    pytest.param("person", lambda: catalogue(listing(kind=Kind.PERSON, name="CHEN, Quanguo")), id="comma-in-person"),
    pytest.param("person", lambda: catalogue(listing(kind=Kind.PERSON, name="Mr Chen Quanguo")), id="title"),
    pytest.param("text", lambda: catalogue(listing(name="Esquel\u200b Textile")), id="zero-width-space"),
    pytest.param("text", lambda: catalogue(listing(notes="Sichuan Yuanâ€™an")), id="mojibake"),
    pytest.param("text", lambda: catalogue(listing(name="Esquel  Textile")), id="two-blanks"),
    pytest.param("text", lambda: catalogue(listing(name="Esquel Te\u0301xtile")), id="decomposed-letter"),
]


@pytest.mark.parametrize(("rule", "broken"), BAD)
def test_a_bad_sample_breaks_its_rule_and_no_other(rule: str, broken: Callable[[], Catalogue]) -> None:
    assert set(found(broken())) == {rule}


def test_every_rule_has_a_bad_sample() -> None:
    assert {case.values[0] for case in BAD} == {rule.name for rule in RULES}


def test_a_problem_says_where_it_is() -> None:
    ((_, problem),) = check_lists(catalogue(listing(citation="", line=7)))
    assert (str(problem.place), problem.subject) == ("l/listings.yml, line 7", "l/esquel")


def test_every_list_stands_at_the_size_of_its_source(real: Catalogue) -> None:
    sizes = {one.id: (len(one.in_force(TODAY)), len(one.listings)) for one in real.lists}
    assert sizes == {
        "ca-sema-china": (13, 13),
        "eu-global-human-rights": (5, 5),
        "research": (25, 25),
        "uk-global-human-rights": (5, 5),
        "us-bis-entity-list": (75, 78),
        "us-cbp-wro": (43, 44),
        "us-ofac-ns-cmic": (9, 9),
        "us-ofac-sdn": (14, 14),
        "us-uflpa": (187, 187),
        "xpcc-structure": (27, 27),
    }


@pytest.mark.parametrize(
    ("day", "size"),
    [("2022-08-04", 20), ("2023-06-12", 30), ("2023-08-02", 33), ("2023-09-27", 36), ("2023-12-11", 39),
     ("2024-05-17", 65), ("2024-06-12", 68), ("2024-08-09", 73), ("2024-10-03", 75), ("2024-11-01", 78),
     ("2024-11-25", 107), ("2025-01-15", 144), ("2026-08-03", 187)],
)  # fmt: skip
def test_the_uflpa_list_grows_as_its_notices_say(real: Catalogue, day: str, size: int) -> None:
    (uflpa,) = (one for one in real.lists if one.id == "us-uflpa")
    assert len(uflpa.in_force(date.fromisoformat(day))) == size


def test_every_programme_that_can_be_hit_tells_what_it_means_in_belgium(real: Catalogue) -> None:
    for entity_list in real.lists:
        told = {effect.jurisdiction for effect in real.programmes[entity_list.programme].effects_on(TODAY)}
        assert {"EU", "BE", "US"} <= told or entity_list.id.startswith("uk-"), entity_list.id
    assert {programme.id for programme in real.programmes.values() if programme.bans} == {
        "uflpa",
        "uflpa-region",
        "tariff-act-307",
    }


def test_the_readme_tells_the_true_sizes(real: Catalogue) -> None:
    text = (Path(__file__).parents[2] / "entity_lists" / "README.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `([a-z-]+)` \| .* \| ([0-9]+(?: of [0-9]+)?) \|$", text, re.MULTILINE))
    sizes = {one.id: (len(one.in_force(TODAY)), len(one.listings)) for one in real.lists}
    assert told == {key: str(on) if on == all_ else f"{on} of {all_}" for key, (on, all_) in sizes.items()}
