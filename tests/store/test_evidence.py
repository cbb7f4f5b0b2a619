"""What is kept of a screening, on both databases."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlmodel import col, select

from app.lists.plain import listing_to_plain
from app.screening.model import Goods, Party, Role
from app.screening.record import declared_party
from app.store.calls import call_rows, store_calls
from app.store.database import Store
from app.store.evidence import context_of, insert_rows, rows_of, save_context
from app.store.keys import Scope, create_key
from app.store.tables import Call, Context, Hit, SeenListing, StoredScreening

if TYPE_CHECKING:
    from tests.store.conftest import Desk

LISTED = Party("AZURITE VALLEY POLYMER", "1 Main Road", "CN", {"lei": "x"}, goods=Goods(("2001",)))
CLEAR = Party("Vermeulen Textiel BV")
IN_XINJIANG = Party("Lotus Bay Garment", "Hotan, Xinjiang", "CN")


def test_a_call_is_kept_with_all_that_it_takes_to_do_it_again(any_store: Store, desk: Desk) -> None:
    key, _ = create_key(any_store, "k", [Scope.SCREEN])
    screener = desk.screener_of(desk.azurite)
    rows = call_rows(screener, desk.screened(screener, LISTED, CLEAR), key=key, request_id="r1")
    store_calls(any_store, [rows])
    call_id = rows.id
    with any_store.read() as session:
        call = session.get_one(Call, call_id)
        context = session.get_one(Context, call.context_id)
        listed, clear = session.exec(select(StoredScreening).order_by(col(StoredScreening.number)))
        (hit,) = session.exec(select(Hit))
        (seen,) = session.exec(select(SeenListing))
    assert (call.key_id, call.request_id, call.relations) == (key.id, "r1", "[]")
    assert (json.loads(context.sha256s), context.policy) == ({"own": "0" * 64}, screener.policy_version)
    assert context.software.startswith("0.1.0+")
    assert declared_party(listed.name, listed.country, listed.role, listed.party) == LISTED
    assert (listed.batch_id, listed.number, listed.outcome, listed.reference) == (call_id, 1, "block", "PO 1")
    assert json.loads(listed.findings or "")["hits"][0]["listing_id"] == "own/azurite"
    assert (clear.outcome, clear.findings, clear.name, clear.party) == ("clear", None, "Vermeulen Textiel BV", "")
    assert (hit.id, hit.subject, hit.state) == (f"{call_id}.1.1", "own/azurite", "open")
    assert json.loads(seen.listing) == listing_to_plain(desk.azurite)
    assert hit.listing_digest == seen.digest


def test_a_context_is_kept_once_and_changes_with_the_lists(any_store: Store, desk: Desk) -> None:
    one = context_of(desk.screener_of(desk.azurite))
    other = context_of(desk.screener_of(desk.azurite, desk.listing("x", "Beryl Ridge Textile", "second")))
    numbers = []
    for values in (one, one, other):
        with any_store.write() as session:
            numbers.append(save_context(session, values))
    assert numbers[0] == numbers[1] != numbers[2]


def test_a_signal_that_asks_for_review_is_a_hit(any_store: Store, desk: Desk) -> None:
    screener = desk.screener_of(desk.azurite)
    rows = rows_of("job_1", enumerate(desk.screened(screener, IN_XINJIANG), 7), screener)
    with any_store.write() as session:
        insert_rows(session, rows)
    with any_store.read() as session:
        hits = list(session.exec(select(Hit)))
    assert {hit.subject.split(":")[:2][1] for hit in hits} == {"region"}
    assert all(hit.id.startswith("job_1.7.") and hit.matched_name and not hit.list_id for hit in hits)


@pytest.mark.parametrize("name", ["nul \0 inside", "half a \ud83d letter", "和田泰达 ünïcode 🜁", "tab\tand\nline\\."])
def test_any_text_can_be_kept_and_comes_back_as_it_was(any_store: Store, desk: Desk, name: str) -> None:
    screener = desk.screener_of(desk.azurite)
    party = Party(name, address=name, role=Role.SHIPPER)
    rows = rows_of("job_1", enumerate(desk.screened(screener, party), 1), screener)
    with any_store.write() as session:
        insert_rows(session, rows)
    with any_store.read() as session:
        (kept,) = session.exec(select(StoredScreening))
    assert declared_party(kept.name, kept.country, kept.role, kept.party) == party


def test_times_come_back_as_they_went_in(any_store: Store, desk: Desk) -> None:
    screener = desk.screener_of(desk.azurite)
    at = datetime(2026, 11, 2, 3, 4, 5, 678, tzinfo=UTC)
    with any_store.write() as session:
        insert_rows(session, rows_of("job_1", enumerate(desk.screened(screener, LISTED), 1), screener, at))
    with any_store.read() as session:
        assert session.exec(select(Hit.created_at)).one() == at
