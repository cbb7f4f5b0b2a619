"""The duty of screening monitored parties again when the lists, the policy, the software or the day have changed."""

from __future__ import annotations

import time
from datetime import timedelta

from app.screening.screen import screen
from app.screening.screener import Screener
from app.store.database import Store
from app.store.parties import claim_outdated, note_screenings

BATCH = 500  # parties; they are screened in about a second, and written in one transaction
LEASE = timedelta(minutes=2)  # after which the parties of a worker that ended are screened by another
SECONDS = 5.0  # of one turn


def screen_again(
    store: Store, screener: Screener, *, seconds: float = SECONDS, batch: int = BATCH, lease: timedelta = LEASE
) -> int:
    """Screen the parties that are behind, a batch at a time, until none is left or the time is up; how many there were.

    Whatever ends it, no party is skipped and no difference is written twice: a batch is written whole or not at all,
    and a party that was not written is behind still.
    """
    until = time.monotonic() + seconds
    done = 0
    while (outdated := claim_outdated(store, screener, lease, batch)) is not None:
        screenings = screen([item.party for item in outdated.parties.values()], screener)
        done += note_screenings(store, screener, outdated, screenings)
        if time.monotonic() >= until:
            break
    return done
