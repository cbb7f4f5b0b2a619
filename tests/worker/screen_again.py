"""A process that screens monitored parties again, to be killed: `python -m tests.worker.screen_again DATABASE DAY`.

On the first day one name is listed, on the second another one instead.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta

from app.index.compiled import compile_lists
from app.lists.model import EntityList, Listing, Programme
from app.screening.screener import Screener
from app.store.database import open_store
from app.worker.monitoring import screen_again

LISTED = {1: "Azurite Valley Polymer Co., Ltd.", 2: "Beryl Ridge Textile Co., Ltd."}
LEASE = timedelta(seconds=2)
BATCH = 10


def screener_on(day: int) -> Screener:
    listing = Listing(id=f"own/{day}", list_id="own", name=LISTED[day])
    entity_list = EntityList(
        id="own",
        title="Own list",
        authority="",
        programme="ban",
        legal_effect="",
        source="",
        licence="",
        as_of=date(2026, 11, day),
        expected=1,
        listings=(listing,),
        sha256=str(day) * 64,
    )
    return Screener(compile_lists([entity_list], [Programme("ban", "The ban", True, ())]), date(2026, 11, day))


if __name__ == "__main__":
    store = open_store(sys.argv[1])
    screen_again(store, screener_on(int(sys.argv[2])), seconds=600, batch=BATCH, lease=LEASE)
