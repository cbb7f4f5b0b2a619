"""Monitored parties and their differences, on both databases."""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import col, func, select, update

from app.errors import UsageError
from app.files.parties import ShipmentParty
from app.screening.differences import Change
from app.screening.model import Outcome, Party, Role
from app.screening.screen import screen
from app.screening.screener import Screener
from app.store.database import Store
from app.store.deliveries import DeliveryState, add_webhook
from app.store.differences import DifferenceFilters, differences_page
from app.store.evidence import context_of
from app.store.kept import is_reproduced, read_kept
from app.store.keys import Scope, create_key
from app.store.parties import (
    Done,
    PartyFilters,
    claim_outdated,
    find_party,
    note_screenings,
    parties_page,
    party_to_plain,
    register,
    remove_party,
)
from app.store.sweeping import remove_old_messages
from app.store.tables import ApiKey, AuditEntry, Call, Delivery, Difference, Hit, MonitoredParty, StoredScreening
from app.worker.monitoring import screen_again

if TYPE_CHECKING:
    from tests.store.conftest import Desk

LEASE = timedelta(minutes=1)
LATER = date(2026, 11, 2)


class Watch:
    """A store with a key and a webhook, and the parties that are monitored there."""

    def __init__(self, store: Store, desk: Desk) -> None:
        self.store = store
        self.key: ApiKey = create_key(store, "customs-desk", [Scope.SCREEN])[0]
        self.beryl = desk.listing("beryl", "Beryl Ridge Textile Co., Ltd.")
        self.before = desk.screener_of(desk.azurite)
        self.after = desk.screener_of(desk.azurite, self.beryl, as_of=LATER)
        add_webhook(store, "https://hooks.example/", "whsec_AAAA", key=self.key)

    def register(self, *parties: Party, screener: Screener | None = None) -> list[tuple[MonitoredParty, Done]]:
        """Parties with their names for references."""
        items = [ShipmentParty(n, None, Role.PARTY, party, party.name) for n, party in enumerate(parties, 1)]
        screener = screener or self.before
        screened = list(zip(items, screen(parties, screener), strict=True))
        return register(self.store, screener, screened, key=self.key)

    def differences(self, **filters: Any) -> list[dict[str, Any]]:
        return differences_page(self.store, DifferenceFilters(**filters), 1000)

    def count(self, table: Any) -> int:
        with self.store.read() as session:
            return session.exec(select(func.count()).select_from(table)).one()


@pytest.fixture
def watch(any_store: Store, desk: Desk) -> Watch:
    return Watch(any_store, desk)


AZURITE, BERYL, NOBODY = Party("AZURITE VALLEY POLYMER"), Party("Beryl Ridge Textile"), Party("Vermeulen Textiel BV")


def test_registering_screens_and_keeps_the_evidence(watch: Watch) -> None:
    (listed, made), (clear, _) = watch.register(AZURITE, NOBODY)
    assert (made, listed.outcome, clear.outcome) == (Done.CREATED, "block", "clear")
    plain = party_to_plain(listed)
    assert [(hit["subject"], hit["strength"]) for hit in plain["hits"]] == [("own/azurite", "strong")]
    assert plain["party"] == {"name": AZURITE.name}
    batch, number = listed.screening_id.split(".")
    with watch.store.read() as session:
        stored = session.get_one(StoredScreening, (batch, int(number)))
        assert session.get_one(Call, batch).key_id == watch.key.id
        assert session.exec(select(Hit.subject)).all() == ["own/azurite"]
        (said,) = session.exec(select(AuditEntry).where(AuditEntry.action == "parties.registered"))
    assert (stored.outcome, stored.reference) == ("block", AZURITE.name)
    assert json.loads(said.detail) == {"created": 2, "unchanged": 0, "updated": 0}
    assert watch.differences() == []


def test_a_known_reference_is_updated_and_the_same_data_changes_nothing(watch: Watch) -> None:
    ((first, _),) = watch.register(AZURITE)
    ((same, done),) = watch.register(AZURITE, screener=watch.after)
    assert (same.id, done, same.context_id) == (first.id, Done.UNCHANGED, first.context_id)
    items = [ShipmentParty(1, None, Role.PARTY, NOBODY, AZURITE.name)]
    ((other, done),) = register(
        watch.store, watch.before, list(zip(items, screen([NOBODY], watch.before), strict=True)), key=watch.key
    )
    assert (other.id, done, other.name, other.outcome) == (first.id, Done.UPDATED, NOBODY.name, "clear")
    (gone,) = watch.differences()
    assert (gone["change"], gone["subject"], gone["cause"]) == ("gone", "own/azurite", {"party": "its data changed"})


def test_parties_without_a_reference_are_each_new(watch: Watch) -> None:
    items = [ShipmentParty(None, None, Role.PARTY, AZURITE) for _ in range(2)]
    screened = list(zip(items, screen([AZURITE] * 2, watch.before), strict=True))
    done = register(watch.store, watch.before, screened, key=watch.key)
    assert [(party.reference, out) for party, out in done] == [(None, Done.CREATED)] * 2


def test_a_reference_that_is_there_twice_registers_nobody(watch: Watch) -> None:
    with pytest.raises(UsageError, match="the reference 'AZURITE VALLEY POLYMER' is there twice"):
        watch.register(NOBODY, AZURITE, AZURITE)
    assert watch.count(MonitoredParty) == 0


def test_other_lists_bring_new_and_gone_hits_each_once(watch: Watch, desk: Desk) -> None:
    _, (later, _), _ = watch.register(AZURITE, BERYL, NOBODY)
    onlyberyl = desk.screener_of(watch.beryl, as_of=LATER)
    assert screen_again(watch.store, onlyberyl) == 3
    assert screen_again(watch.store, onlyberyl) == 0
    found = {(item["party"]["reference"], item["change"], item["subject"]) for item in watch.differences()}
    assert found == {(AZURITE.name, "gone", "own/azurite"), (BERYL.name, "new", "own/beryl")}
    new = next(item for item in watch.differences() if item["change"] == "new")
    assert (new["before"], new["after"]["strength"]) == (None, "strong")
    assert new["outcome"] == {"before": "clear", "after": "block"}
    assert new["cause"] == {"as_of": {"before": "2026-11-01", "after": "2026-11-02"}}
    now = find_party(watch.store, later.id)
    assert now is not None
    assert (now.outcome, now.screening_id) == ("block", new["screening"])
    with watch.store.read() as session:
        assert session.get_one(Call, new["screening"].split(".")[0]).key_id is None
        assert session.exec(select(Hit.subject).order_by(Hit.subject)).all() == ["own/azurite", "own/beryl"]


def test_what_monitoring_found_is_evidence_that_can_be_done_again(watch: Watch) -> None:
    watch.register(BERYL)
    screen_again(watch.store, watch.after)
    (new,) = watch.differences()
    kept = read_kept(watch.store, new["screening"])
    assert kept is not None
    assert (kept.batch.by, kept.screening.reference, kept.context.as_of) == ("monitoring", BERYL.name, LATER)
    assert is_reproduced(kept, watch.after)
    assert not is_reproduced(kept, watch.before)


def test_hits_that_stay_are_not_put_up_for_review_again(watch: Watch, desk: Desk) -> None:
    watch.register(AZURITE)
    twin = desk.listing("azurite", "Azurite Valley Polymer Co., Ltd.", "other")
    screen_again(watch.store, desk.screener_of(desk.azurite, twin, as_of=LATER))
    with watch.store.read() as session:
        assert session.exec(select(Hit.subject).order_by(Hit.subject)).all() == ["other/azurite", "own/azurite"]
    assert [item["subject"] for item in watch.differences()] == ["other/azurite"]


def test_another_context_with_the_same_result_writes_no_difference(
    watch: Watch, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((party, _), _) = watch.register(AZURITE, NOBODY)
    stored = watch.count(StoredScreening)
    monkeypatch.setattr("app.store.evidence.software_version", lambda: "0.2.0+another")
    assert context_of(watch.before) != context_of(desk.screener_of(desk.azurite, as_of=LATER))
    assert screen_again(watch.store, watch.before) == 2
    now = find_party(watch.store, party.id)
    assert now is not None
    assert now.context_id > party.context_id
    assert now.screened_at > party.screened_at
    assert (watch.differences(), watch.count(Delivery), watch.count(StoredScreening)) == ([], 0, stored)


def test_an_older_version_leaves_alone_what_a_newer_one_screened(watch: Watch) -> None:
    watch.register(AZURITE, BERYL)
    assert screen_again(watch.store, watch.after) == 2
    assert screen_again(watch.store, watch.before) == 0
    assert len(watch.differences()) == 1


def test_removed_parties_are_screened_no_more_and_free_their_reference(watch: Watch) -> None:
    ((party, _),) = watch.register(BERYL)
    assert remove_party(watch.store, party.id, key=watch.key)
    assert remove_party(watch.store, party.id, key=watch.key)
    assert not remove_party(watch.store, "party_x", key=watch.key)
    assert screen_again(watch.store, watch.after) == 0
    assert parties_page(watch.store, PartyFilters(), 10) == []
    ((again, done),) = watch.register(BERYL)
    assert (done, again.id != party.id) == (Done.CREATED, True)
    with watch.store.read() as session:
        assert len(session.exec(select(AuditEntry).where(AuditEntry.action == "party.removed")).all()) == 1


@pytest.mark.parametrize("meanwhile", ["removed", "changed", "claimed by another"])
def test_what_happens_to_a_party_while_it_is_screened_wins(watch: Watch, meanwhile: str) -> None:
    ((party, _), _) = watch.register(BERYL, NOBODY)
    lease = timedelta(0) if meanwhile == "claimed by another" else LEASE
    outdated = claim_outdated(watch.store, watch.after, lease, 10)
    assert outdated is not None
    screenings = screen([item.party for item in outdated.parties.values()], watch.after)
    if meanwhile == "removed":
        remove_party(watch.store, party.id, key=watch.key)
    elif meanwhile == "changed":
        items = [ShipmentParty(1, None, Role.PARTY, Party("Quiet Meadow Dairy"), BERYL.name)]
        screened = list(zip(items, screen([items[0].party], watch.before), strict=True))
        register(watch.store, watch.before, screened, key=watch.key)
    else:
        assert screen_again(watch.store, watch.after) == 2
    noted = note_screenings(watch.store, watch.after, outdated, screenings)
    assert noted == (0 if meanwhile == "claimed by another" else 1)
    assert len(watch.differences()) == (1 if meanwhile == "claimed by another" else 0)
    left = 1 if meanwhile == "changed" else 0
    assert screen_again(watch.store, watch.after) == left


def test_claimed_parties_are_left_alone_until_the_lease_ends(watch: Watch) -> None:
    watch.register(AZURITE, BERYL, NOBODY)
    outdated = claim_outdated(watch.store, watch.after, timedelta(seconds=0.5), 2)
    assert outdated is not None
    assert len(outdated.parties) == 2
    assert screen_again(watch.store, watch.after) == 1
    threading.Event().wait(0.6)
    assert screen_again(watch.store, watch.after) == 2


def test_workers_share_the_parties(watch: Watch) -> None:
    watch.register(*(Party(f"Beryl Ridge Textile {number}") for number in range(120)))
    done: list[int] = []
    threads = [
        threading.Thread(target=lambda: done.append(screen_again(watch.store, watch.after, batch=7))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 120
    with watch.store.read() as session:
        once = session.exec(select(Difference.party_id)).all()
        ids = session.exec(select(Difference.id).order_by(col(Difference.id))).all()
    assert len(once) == len(set(once)) == 120
    assert ids == sorted(ids)  # type: ignore[type-var]


def test_a_failure_while_writing_leaves_nothing_behind(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    watch.register(BERYL)

    def fail(*_: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr("app.store.differences.enqueue_differences", fail)
        with pytest.raises(RuntimeError, match="disk"):
            screen_again(watch.store, watch.after, lease=timedelta(0))
    assert (watch.differences(), watch.count(Delivery)) == ([], 0)
    assert screen_again(watch.store, watch.after) == 1
    assert (len(watch.differences()), watch.count(Delivery)) == (1, 1)


def test_pages_and_filters_of_parties(watch: Watch) -> None:
    watch.register(*(Party(f"Quiet Meadow 100% {number}") for number in range(5)), AZURITE)
    pages, after = [], None
    while page := parties_page(watch.store, PartyFilters(), 4, after):
        pages.append([party.name for party in page])
        after = page[-1].created_at, page[-1].id
    assert [len(page) for page in pages] == [4, 2]
    assert len({name for page in pages for name in page}) == 6

    def names(**filters: Any) -> list[str]:
        return [party.name for party in parties_page(watch.store, PartyFilters(**filters), 10)]

    assert names(outcomes=[Outcome.BLOCK, Outcome.REVIEW]) == [AZURITE.name]
    assert names(text="azurite valley") == [AZURITE.name]
    assert len(names(text="100%")) == 5
    assert names(text="1_0") == []
    assert names(reference="Quiet Meadow 100% 3") == ["Quiet Meadow 100% 3"]


def test_pages_and_filters_of_differences(watch: Watch, desk: Desk) -> None:
    (party, _), *_ = watch.register(AZURITE, BERYL)
    screen_again(watch.store, desk.screener_of(watch.beryl, as_of=LATER))
    everything = watch.differences()
    assert len(everything) == 2
    assert differences_page(watch.store, DifferenceFilters(), 1, everything[0]["id"]) == everything[1:]
    assert [item["change"] for item in watch.differences(changes=[Change.GONE])] == ["gone"]
    assert [item["party"]["id"] for item in watch.differences(party_id=party.id)] == [party.id]
    assert watch.differences(since=datetime.now(UTC) + timedelta(hours=1)) == []
    assert watch.differences(since=datetime.now(UTC) - timedelta(hours=1)) == everything


def test_hostile_text_is_kept_like_any_other(watch: Watch) -> None:
    parties = [Party(text) for text in ("a\0b", "\ud800 Trading", "'; DROP TABLE hit; --")]
    assert [done for _, done in watch.register(*parties)] == [Done.CREATED] * 3
    assert [done for _, done in watch.register(*parties)] == [Done.UNCHANGED] * 3
    assert screen_again(watch.store, watch.after) == 3


def test_old_differences_go_but_for_the_newest_and_old_messages_once_they_are_done(watch: Watch) -> None:
    watch.register(BERYL, Party("Beryl Ridge Textile Company"))
    screen_again(watch.store, watch.after)
    both = watch.differences()
    assert len(both) == 2
    remove_old_messages(watch.store, timedelta(days=1))
    assert (watch.differences(), watch.count(Delivery)) == (both, 1)
    long_ago = datetime.now(UTC) - timedelta(days=2)
    with watch.store.write() as session:
        session.exec(update(Difference).values(at=long_ago))
        session.exec(update(Delivery).values(created_at=long_ago))
    remove_old_messages(watch.store, timedelta(days=1))
    assert [item["id"] for item in watch.differences()] == [both[-1]["id"]], "its id must not be given again"
    assert watch.count(Delivery) == 1, "it is still to be sent"
    with watch.store.write() as session:
        session.exec(update(Delivery).values(state=DeliveryState.DELIVERED))
    remove_old_messages(watch.store, timedelta(days=1))
    assert watch.count(Delivery) == 0
