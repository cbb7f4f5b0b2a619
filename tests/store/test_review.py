"""Reviewing hits, on both databases: the memory, the rule of two, the history, and many people at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.errors import ConflictError, UsageError
from app.lists.model import Listing
from app.screening.model import Party
from app.store.audit import read_entries, verify
from app.store.database import Store
from app.store.dispositions import DECISIONS, REASONS, State
from app.store.evidence import insert_rows, rows_of
from app.store.keys import Scope, create_key
from app.store.queue import HitFilter, HitPage, count_hits, find_hits, read_hit
from app.store.review import Decided, Decision, decide
from app.store.tables import ApiKey, Hit

if TYPE_CHECKING:
    from tests.store.conftest import Desk

OPEN, ESCALATED, TRUE, FALSE = State
LISTED = Party("Azurite Valley Polymer", "1 Main Road", "CN")


class Reviewers:
    """Ada and Bob, who decide about the hits of one store; batches arrive in the order of their numbers."""

    def __init__(self, store: Store, desk: Desk) -> None:
        self.store, self.desk = store, desk
        self.ada, self.bob = (create_key(store, name, [Scope.REVIEW])[0] for name in ("Ada", "Bob"))
        self.batches = 0

    def arrive(self, party: Party = LISTED, *listings: Listing, times: int = 1) -> Hit:
        """The first hit of a new batch in which the party is screened."""
        screener = self.desk.screener_of(*(listings or (self.desk.azurite,)))
        self.batches += 1
        batch = f"job_{self.batches}"
        (pair,) = self.desk.screened(screener, party)
        with self.store.write() as session:
            insert_rows(session, rows_of(batch, enumerate([pair] * times, 1), screener))
        return self.hit(f"{batch}.1.1")

    def hit(self, hit_id: str) -> Hit:
        with self.store.read() as session:
            return session.get_one(Hit, hit_id)

    def decide(
        self, hit: Hit, state: State, by: ApiKey | None = None, *, four_eyes: bool = False, **more: Any
    ) -> Decided:
        asked = Decision(state, "other", self.hit(hit.id).version, note="n", **more)
        done = decide(self.store, hit.id, asked, by or self.ada, four_eyes=four_eyes)
        assert done is not None
        return done

    def state(self, hit: Hit) -> str:
        return self.hit(hit.id).state

    def history(self, hit: Hit) -> list[tuple[str, str, str]]:
        detail = read_hit(self.store, hit.id)
        assert detail is not None
        return [(step.kind, step.state, step.by) for step in detail.history]


@pytest.fixture
def desks(any_store: Store, desk: Desk) -> Reviewers:
    return Reviewers(any_store, desk)


def test_a_decision_is_written_down_with_who_when_and_why(desks: Reviewers) -> None:
    hit = desks.arrive()
    asked = Decision(FALSE, "different_place", 0, note="It is in Ohio.")
    assert decide(desks.store, hit.id, asked, desks.ada, four_eyes=False) == Decided("decided", 1)
    detail = read_hit(desks.store, hit.id)
    assert detail is not None
    (step,) = detail.history
    assert (step.kind, step.state, step.reason, step.note, step.by) == (
        "decided",
        "false_positive",
        "different_place",
        "It is in Ohio.",
        "Ada",
    )
    assert (detail.hit.state, detail.hit.version, detail.hit.decided_at) == ("false_positive", 1, step.at)
    assert detail.listing is not None
    assert detail.listing["name"] == detail.finding["name"] == desks.desk.azurite.name
    assert detail.party["address"] == "1 Main Road"
    assert [entry.action for entry in read_entries(desks.store)][-1] == "hit.decided"
    assert verify(desks.store)[0] == []


@pytest.mark.parametrize("state", sorted(DECISIONS))
@pytest.mark.parametrize(
    "party",
    [
        pytest.param(LISTED, id="the same"),
        pytest.param(replace(LISTED, name="AZURITE VALLEY POLYMER CO., LTD."), id="case and legal form"),
        pytest.param(replace(LISTED, address="1  main road"), id="spaces and case of the address"),
    ],
)
def test_a_decided_pair_is_remembered(desks: Reviewers, state: State, party: Party) -> None:
    first = desks.arrive()
    desks.decide(first, state)
    later = desks.arrive(party)
    assert later.state == state
    detail = read_hit(desks.store, later.id)
    assert detail is not None
    assert detail.earlier is not None
    assert (detail.earlier.decision.hit_id, detail.earlier.decision.by, detail.earlier.holds) == (first.id, "Ada", True)


AZURITE = Listing(id="own/azurite", list_id="own", name="Azurite Valley Polymer Co., Ltd.")


@pytest.mark.parametrize(
    ("party", "listing", "changed"),
    [
        pytest.param(replace(LISTED, address="Elsewhere"), AZURITE, ["party"], id="address"),
        pytest.param(replace(LISTED, country="US"), AZURITE, ["party"], id="country"),
        pytest.param(replace(LISTED, identifiers={"lei": "x"}), AZURITE, ["party"], id="identifier"),
        pytest.param(replace(LISTED, postal_code="12345"), AZURITE, ["party"], id="postal code"),
        pytest.param(LISTED, replace(AZURITE, listed_on=date(2024, 1, 1)), ["listing"], id="listing"),
        pytest.param(
            LISTED,
            replace(AZURITE, name="Azurite Valley Polymers Company"),
            ["listing", "matched_name"],
            id="matched name",
        ),
    ],
)
def test_a_pair_opens_again_when_what_was_decided_on_changes(
    desks: Reviewers, party: Party, listing: Listing, changed: list[str]
) -> None:
    first = desks.arrive(LISTED, AZURITE)
    desks.decide(first, FALSE)
    later = desks.arrive(party, listing)
    detail = read_hit(desks.store, later.id)
    assert detail is not None
    assert later.state == "open"
    assert detail.earlier is not None
    assert (detail.earlier.holds, detail.earlier.decision.hit_id) == (False, first.id)
    assert detail.earlier.changed == changed


def test_a_remembered_false_positive_hides_no_other_listing(desks: Reviewers) -> None:
    desks.decide(desks.arrive(), FALSE)
    other = replace(AZURITE, id="second/azurite", list_id="second")
    batch = desks.arrive(LISTED, AZURITE, other).batch_id
    first, second = find_hits(desks.store, HitFilter(batch_id=batch)).items
    assert [(hit.subject, hit.state) for hit in (first, second)] == [
        ("own/azurite", "false_positive"),
        ("second/azurite", "open"),
    ]
    detail = read_hit(desks.store, second.id)
    assert detail is not None
    assert detail.earlier is None


def test_each_content_has_its_own_memory(desks: Reviewers) -> None:
    """The same supplier declared with two addresses by turns does not open again each time."""
    elsewhere = replace(LISTED, address="Elsewhere")
    desks.decide(desks.arrive(), FALSE)
    desks.decide(desks.arrive(elsewhere), TRUE)
    assert (desks.arrive().state, desks.arrive(elsewhere).state) == ("false_positive", "true_match")


def test_a_withdrawn_decision_is_forgotten_and_what_rested_on_it_opens_again(desks: Reviewers) -> None:
    first = desks.arrive()
    desks.decide(first, FALSE)
    resting, own = desks.arrive(), desks.arrive()
    desks.decide(own, FALSE)
    assert desks.hit(own.id).remembered is None
    desks.decide(first, OPEN, desks.bob)
    assert [desks.state(hit) for hit in (first, resting, own)] == ["open", "open", "false_positive"]
    assert desks.history(resting) == [("followed", "false_positive", "Ada"), ("followed", "open", "Bob")]
    assert desks.arrive().state == "open"


def test_what_rests_on_a_decision_follows_the_next_one(desks: Reviewers) -> None:
    first = desks.arrive()
    desks.decide(first, FALSE)
    resting = desks.arrive()
    desks.decide(first, TRUE)
    assert (desks.state(resting), desks.arrive().state) == ("true_match", "true_match")


def test_signals_are_reviewed_and_remembered_by_what_was_seen(desks: Reviewers) -> None:
    there = Party("Lotus Bay Garment", "Hotan, Xinjiang", "CN")
    first = desks.arrive(there)
    assert (first.subject.split(":")[:2], first.listing_name) == (["signal", "region"], "")
    desks.decide(first, FALSE)
    assert desks.arrive(there).state == "false_positive"
    elsewhere = desks.arrive(replace(there, address="Aksu, Xinjiang"))
    detail = read_hit(desks.store, elsewhere.id)
    assert detail is not None
    assert detail.earlier is not None
    assert (elsewhere.state, detail.earlier.changed) == ("open", ["signal", "party", "matched_name"])


def test_two_people_decide_where_two_are_asked(desks: Reviewers) -> None:
    hit = desks.arrive()
    assert desks.decide(hit, FALSE, four_eyes=True).kind == "proposed"
    assert (desks.state(hit), desks.hit(hit.id).proposed) == ("open", "false_positive")
    assert desks.arrive().state == "open", "what one person proposes is not remembered"
    with pytest.raises(ConflictError, match="you proposed false_positive yourself"):
        desks.decide(hit, FALSE, four_eyes=True)
    with pytest.raises(ConflictError, match="false_positive is proposed: confirm it first, or reject it"):
        desks.decide(hit, TRUE, desks.bob, four_eyes=True)
    assert desks.decide(hit, FALSE, desks.bob, four_eyes=True).kind == "confirmed"
    assert (desks.state(hit), desks.hit(hit.id).proposed) == ("false_positive", None)
    assert desks.arrive().state == "false_positive"
    with pytest.raises(ConflictError, match="already, as two people decided"):
        desks.decide(hit, FALSE, four_eyes=True)


def test_a_proposal_leaves_what_is_remembered_alone(desks: Reviewers) -> None:
    first, second = desks.arrive(), desks.arrive()
    desks.decide(second, FALSE)
    desks.decide(first, TRUE, four_eyes=True)
    assert (desks.arrive().state, desks.state(second)) == ("false_positive", "false_positive")
    desks.decide(first, OPEN, desks.bob, four_eyes=True)
    assert (desks.arrive().state, desks.state(second)) == ("false_positive", "false_positive")


@pytest.mark.parametrize("before", [OPEN, ESCALATED, TRUE], ids=str)
def test_a_rejected_proposal_returns_to_where_it_was(desks: Reviewers, before: State) -> None:
    hit = desks.arrive()
    desks.decide(hit, before)
    desks.decide(hit, FALSE, four_eyes=True)
    assert desks.decide(hit, before, desks.bob, four_eyes=True).kind == "rejected"
    assert (desks.state(hit), desks.hit(hit.id).proposed, desks.hit(hit.id).proposed_by) == (before, None, None)
    assert desks.arrive().state == (before if before in DECISIONS else "open")
    assert [step[0] for step in desks.history(hit)] == ["decided", "proposed", "rejected"]


def test_one_person_may_open_again_and_escalate(desks: Reviewers) -> None:
    hit = desks.arrive()
    desks.decide(hit, TRUE)
    assert desks.decide(hit, ESCALATED, four_eyes=True) == Decided("decided", 1)
    assert desks.arrive().state == "open"


def test_identical_hits_are_decided_at_once_and_others_are_not(desks: Reviewers) -> None:
    first = desks.arrive(times=3)
    elsewhere = desks.arrive(replace(LISTED, address="Elsewhere"))
    escalated = desks.arrive()
    desks.decide(escalated, ESCALATED)
    detail = read_hit(desks.store, first.id)
    assert detail is not None
    assert detail.identical == 2
    assert desks.decide(first, FALSE, identical=True) == Decided("decided", 3)
    assert count_hits(desks.store) == {OPEN: 1, ESCALATED: 1, TRUE: 0, FALSE: 3}
    assert (desks.state(elsewhere), desks.state(escalated)) == ("open", "escalated")
    assert desks.history(desks.hit("job_1.3.1")) == [("decided", "false_positive", "Ada")]


def test_identical_proposals_are_confirmed_but_for_ones_own(desks: Reviewers) -> None:
    first = desks.arrive(times=3)
    desks.decide(first, FALSE, desks.bob, four_eyes=True)
    for n in (2, 3):
        desks.decide(desks.hit(f"job_1.{n}.1"), FALSE, desks.ada, four_eyes=True)
    assert desks.decide(desks.hit("job_1.2.1"), FALSE, desks.bob, four_eyes=True, identical=True).hits == 2
    assert [desks.state(desks.hit(f"job_1.{n}.1")) for n in (1, 2, 3)] == ["open", "false_positive", "false_positive"]


def test_who_decides_on_what_they_have_not_seen_is_told(desks: Reviewers) -> None:
    hit = desks.arrive()
    desks.decide(hit, ESCALATED)
    with pytest.raises(ConflictError, match="the hit is at version 1, escalated; you decided on version 0"):
        decide(desks.store, hit.id, Decision(FALSE, "other", 0, note="n"), desks.bob, four_eyes=False)
    assert desks.state(hit) == "escalated"
    assert decide(desks.store, "job_9.9.9\0", Decision(FALSE, "other", 0, note="n"), desks.bob, four_eyes=False) is None


@pytest.mark.parametrize(
    ("state", "reason", "note", "sentence"),
    [
        pytest.param(FALSE, "because", "", "'because' is no reason for false_positive; reasons are", id="unknown"),
        pytest.param(
            TRUE, "different_place", "", "'different_place' is no reason for true_match", id="of another state"
        ),
        pytest.param(TRUE, "other", "  ", "the reason 'other' needs a note", id="other without a note"),
    ],
)
def test_a_reason_has_to_fit(store: Store, desk: Desk, state: State, reason: str, note: str, sentence: str) -> None:
    desks = Reviewers(store, desk)
    hit = desks.arrive()
    with pytest.raises(UsageError, match=sentence):
        decide(desks.store, hit.id, Decision(state, reason, 0, note=note), desks.ada, four_eyes=False)
    assert desks.history(hit) == []


def test_every_reason_has_a_meaning_and_every_state_reasons() -> None:
    assert all(reason.meaning and reason.states for reason in REASONS.values())
    assert all(any(state in reason.states for reason in REASONS.values()) for state in State)


def test_history_takes_no_change_and_no_deletion(desks: Reviewers) -> None:
    desks.decide(desks.arrive(), FALSE)
    for statement in ("UPDATE disposition SET note = 'x'", "DELETE FROM disposition"):
        with pytest.raises(DBAPIError, match="rows of disposition are only ever added"), desks.store.write() as session:
            session.connection().execute(text(statement))


def at_once(*tasks: Callable[[], object]) -> list[object]:
    """What the tasks return or raise, run side by side from one moment on."""
    start = threading.Barrier(len(tasks))
    results: list[object] = [None] * len(tasks)

    def run(place: int) -> None:
        start.wait()
        try:
            results[place] = tasks[place]()
        except Exception as error:
            results[place] = error

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_many_who_decide_at_once_one_is_heard(desks: Reviewers) -> None:
    hit = desks.arrive()
    asked = [Decision(state, "other", 0, note="n") for state in (TRUE, FALSE) * 3]
    results = at_once(
        *(lambda one=one: decide(desks.store, hit.id, one, desks.ada, four_eyes=False) for one in asked)  # type: ignore[misc]
    )
    assert [result for result in results if isinstance(result, Decided)] == [Decided("decided", 1)]
    assert sum(isinstance(result, ConflictError) for result in results) == 5
    assert len(desks.history(hit)) == 1


def test_hits_that_arrive_while_a_decision_is_withdrawn_do_not_carry_it(desks: Reviewers) -> None:
    """Whoever comes second sees what the first did: carried then opened again, or never carried."""
    for _ in range(3):
        hit = desks.arrive()
        desks.decide(hit, FALSE)
        results = at_once(lambda hit=hit: desks.decide(hit, OPEN), *[desks.arrive] * 3)  # type: ignore[misc]
        assert not any(isinstance(result, Exception) for result in results), results
        assert count_hits(desks.store)[FALSE] == 0


def test_the_queue_is_read_page_by_page_and_no_hit_twice(desks: Reviewers) -> None:
    for times in (3, 4):
        desks.arrive(times=times)
    for newest_first in (False, True):
        seen: list[str] = []
        page = HitPage([], None)
        while page.next or not seen:
            page = find_hits(desks.store, HitFilter(), cursor=page.next, limit=2, newest_first=newest_first)
            seen += [hit.id for hit in page.items]
        expected = [f"job_{batch}.{n}.1" for batch, last in ((1, 3), (2, 4)) for n in range(1, last + 1)]
        assert seen == (expected[::-1] if newest_first else expected)


def test_the_queue_is_filtered(desks: Reviewers) -> None:
    desks.decide(desks.arrive(), FALSE)
    desks.decide(desks.arrive(replace(LISTED, address="Elsewhere")), TRUE, four_eyes=True)
    desks.arrive(Party("Lotus Bay Garment", "Hotan, Xinjiang", "CN"))
    counts = (
        (HitFilter(state=OPEN), 2),
        (HitFilter(state=FALSE), 1),
        (HitFilter(list_id="own"), 2),
        (HitFilter(list_id="nonesuch"), 0),
        (HitFilter(role="party", outcome="block"), 2),
        (HitFilter(role="carrier"), 0),
        (HitFilter(outcome="review"), 1),
        (HitFilter(batch_id="job_2"), 1),
        (HitFilter(text="aZuRite"), 2),
        (HitFilter(text="100%_\\"), 0),
        (HitFilter(text="nul\0"), 0),
        (HitFilter(text="hotan"), 1),
        (HitFilter(proposed=True), 1),
        (HitFilter(proposed=False, state=OPEN), 1),
    )
    assert [len(find_hits(desks.store, asked).items) for asked, _ in counts] == [count for _, count in counts]


@pytest.mark.parametrize("cursor", ["", "x", "é", "W10", "bnVsbA", "WyIyMDI2Il0", "WzEsMl0", "WyJub3cgIiwiYSJd"])
def test_what_is_no_cursor_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(UsageError, match="this is no cursor"):
        find_hits(store, HitFilter(), cursor=cursor)
