"""Lists as plain data: what is written can be read again, and what does not fit is refused with its path."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lists.model import (
    Alias,
    AliasKind,
    Change,
    Effect,
    EntityList,
    Extent,
    Kind,
    Listing,
    NativeKind,
    NativeName,
    Programme,
    Scope,
    Tie,
)
from app.lists.plain import (
    PlainError,
    list_from_plain,
    list_to_plain,
    listing_from_plain,
    listing_to_plain,
    programme_from_plain,
    programme_to_plain,
)

_text = st.text(max_size=12)
_days = st.none() | st.dates()
_names = st.builds(Alias, _text, st.sampled_from(AliasKind), st.booleans())
_natives = st.builds(
    NativeName,
    _text,
    st.sampled_from(NativeKind),
    st.sampled_from(Tie),
    st.sampled_from(["high"]),
    _text,
    st.booleans(),
)
_listings = st.builds(
    Listing,
    id=_text,
    list_id=_text,
    name=_text,
    kind=st.sampled_from(Kind),
    aliases=st.lists(_names, max_size=3).map(tuple),
    native_names=st.lists(_natives, max_size=2).map(tuple),
    scope=st.sampled_from(Scope),
    extends_to=st.sampled_from(Extent),
    listed_on=_days,
    delisted_on=_days,
    basis=st.lists(_text, max_size=2).map(tuple),
    identifiers=st.dictionaries(_text, st.lists(_text, max_size=2).map(tuple), max_size=2),
    parent_inferred=st.booleans(),
    history=st.lists(st.builds(Change, _days, _text, _text), max_size=2).map(tuple),
    line=st.integers(min_value=0),
)
_PLAIN = {"id": "l/a", "list_id": "l", "name": "Acme"}


@given(_listings)
def test_a_listing_survives_json(listing: Listing) -> None:
    assert listing_from_plain(json.loads(json.dumps(listing_to_plain(listing)))) == listing


def test_empty_fields_are_left_out() -> None:
    assert listing_to_plain(Listing("l/a", "l", "Acme", listed_on=date(2022, 6, 21))) == {
        **_PLAIN,
        "listed_on": "2022-06-21",
    }


@pytest.mark.parametrize("as_of", [None, date(2026, 8, 11)], ids=["custom-has-no-date", "dated"])
def test_a_list_travels_apart_from_its_listings(as_of: date | None) -> None:
    listings = (Listing("l/a", "l", "Acme"),)
    whole = EntityList("l", "L", "A", "p", "effect", "https://a", "free", as_of, 1, listings, "ab" * 32)
    plain = json.loads(json.dumps(list_to_plain(whole)))
    assert "listings" not in plain
    assert list_from_plain(plain, listings) == whole


def test_a_programme_survives_json() -> None:
    programme = Programme("p", "P", True, (Effect("US", "stop", "19 U.S.C. 1307", date(2022, 6, 21)),))
    assert programme_from_plain(json.loads(json.dumps(programme_to_plain(programme)))) == programme


@pytest.mark.parametrize(
    ("change", "path", "word"),
    [
        pytest.param({"colour": "red"}, ("colour",), "unknown key", id="unknown-key"),
        pytest.param({"name": None}, ("name",), "must be text", id="null-for-text"),
        pytest.param({"kind": "planet"}, ("kind",), "none of", id="unknown-word"),
        pytest.param({"listed_on": "2022-02-30"}, ("listed_on",), "must be a date", id="no-such-day"),
        pytest.param({"listed_on": "20220621"}, ("listed_on",), "must be a date", id="other-spelling-of-a-date"),
        pytest.param({"listed_on": 5}, ("listed_on",), "must be a date", id="number-for-date"),
        pytest.param({"aliases": "Acme"}, ("aliases",), "must be a list", id="text-for-list"),
        pytest.param({"aliases": [{"kind": "aka"}]}, ("aliases", 0), "'name' is missing", id="missing-key"),
        pytest.param({"aliases": ["Acme"]}, ("aliases", 0), "must be a alias", id="text-for-record"),
        pytest.param(
            {"aliases": [{"name": "A"}, {"name": "B", "weak": "yes"}]},
            ("aliases", 1, "weak"),
            "true or false",
            id="word-for-bool",
        ),
        pytest.param({"identifiers": ["x"]}, ("identifiers",), "must be a mapping", id="list-for-mapping"),
        pytest.param({"line": "1.5"}, ("line",), "whole number", id="fraction-for-number"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_path(
    change: dict[str, object], path: tuple[object, ...], word: str
) -> None:
    with pytest.raises(PlainError) as caught:
        listing_from_plain({**_PLAIN, **change})
    assert caught.value.path == path
    assert word in caught.value.message


def test_effects_on_gives_the_newest_effect_of_each_jurisdiction() -> None:
    now, then = Effect("EU", "risk", "R"), Effect("EU", "ban", "R", date(2027, 12, 14))
    programme = Programme("p", "P", True, (then, now, Effect("US", "ban", "L", date(2022, 6, 21))))
    assert [e.effect for e in programme.effects_on(date(2022, 6, 20))] == ["risk"]
    assert [e.effect for e in programme.effects_on(date(2027, 12, 13))] == ["risk", "ban"]
    assert {e.effect for e in programme.effects_on(date(2027, 12, 14))} == {"ban"}


def test_a_listing_is_in_force_from_its_day_to_the_day_before_its_end() -> None:
    listing = Listing("l/a", "l", "Acme", listed_on=date(2020, 7, 22), delisted_on=date(2023, 11, 16))
    days = [date(2020, 7, 21), date(2020, 7, 22), date(2023, 11, 15), date(2023, 11, 16)]
    assert [listing.in_force(day) for day in days] == [False, True, True, False]
