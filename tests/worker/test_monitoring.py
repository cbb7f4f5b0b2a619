"""Screening monitored parties again, by processes that are killed."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, func, select

from app.files.parties import ShipmentParty
from app.screening.model import Party, Role
from app.screening.screen import screen
from app.store.database import Store
from app.store.deliveries import add_webhook
from app.store.keys import Scope, create_key
from app.store.parties import register
from app.store.tables import Context, Delivery, Difference, Hit, MonitoredParty, StoredScreening
from app.worker.monitoring import screen_again
from tests.worker.screen_again import BATCH, LEASE, LISTED, screener_on

ROOT = Path(__file__).parents[2]
PARTIES = 600  # a third of each listed name, a third of neither


@pytest.fixture
def watched(any_store: Store) -> Store:
    key, _ = create_key(any_store, "k", [Scope.SCREEN])
    add_webhook(any_store, "https://hooks.example/", "whsec_AAAA", key=key)
    names = [LISTED[1], LISTED[2], "Vermeulen Textiel BV"]
    items = [ShipmentParty(None, None, Role.PARTY, Party(names[n % 3], f"{n} Road"), f"V-{n}") for n in range(PARTIES)]
    screener = screener_on(1)
    screened = list(zip(items, screen([item.party for item in items], screener), strict=True))
    register(any_store, screener, screened, key=key)
    return any_store


def test_killed_again_and_again_nothing_is_lost_and_nothing_is_told_twice(watched: Store) -> None:
    chance = random.Random(5)
    left = PARTIES
    for _ in range(2):
        goal = left - chance.randint(40, 120)
        with _process(watched.engine) as process:
            while _behind(watched) > goal:
                time.sleep(0.01)
            process.kill()
            assert process.wait() == -signal.SIGKILL, "it ended before it was killed: give it more to do"
        left = _behind(watched)
    with _process(watched.engine) as first, _process(watched.engine) as second:  # who share what is left
        for process in (first, second):
            process.wait()
    assert 0 < left < PARTIES
    assert _behind(watched) <= 2 * BATCH, "all that is left is what the killed ones had claimed"
    time.sleep(LEASE.total_seconds())
    screen_again(watched, screener_on(2))
    assert _behind(watched) == 0
    assert _told(watched) == {("gone", "own/1"): PARTIES // 3, ("new", "own/2"): PARTIES // 3}


def test_a_turn_ends_when_its_time_is_up(watched: Store) -> None:
    assert screen_again(watched, screener_on(2), seconds=0, batch=100) == 100
    assert _behind(watched) == PARTIES - 100


def _process(engine: Engine) -> subprocess.Popen[bytes]:
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.worker.screen_again", url, "2"]
    return subprocess.Popen(command, cwd=ROOT)


def _behind(store: Store) -> int:
    """How many parties were last screened when they were registered."""
    with store.read() as session:
        first = session.exec(select(func.min(Context.id))).one()
        behind = select(func.count()).select_from(MonitoredParty).where(MonitoredParty.context_id == first)
        return session.exec(behind).one()


def _told(store: Store) -> dict[tuple[str, str], int]:
    """How often each change was told; every party once, with its evidence and in messages."""
    with store.read() as session:
        differences = session.exec(select(Difference).order_by(col(Difference.id))).all()
        stored = {f"{row.batch_id}.{row.number}" for row in session.exec(select(StoredScreening))}
        in_review = Counter(session.exec(select(Hit.subject)).all())
        bodies = [delivery.body for delivery in session.exec(select(Delivery))]
    parties = [row.party_id for row in differences]
    assert len(parties) == len(set(parties))
    assert {row.screening_id for row in differences} <= stored
    assert len(stored) == PARTIES + len(differences)
    assert in_review == {"own/1": PARTIES // 3, "own/2": PARTIES // 3}
    for row in differences:
        assert sum(f'{{"id":{row.id},' in body for body in bodies) == 1
    return dict(Counter((row.change, row.subject) for row in differences))
