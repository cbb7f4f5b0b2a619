"""The duties of a worker, with the bundled lists and a real receiver."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event

import pytest

from app.errors import StoreError
from app.files.parties import ShipmentParty
from app.lists.sources import bundled_sources
from app.screening.model import Party, Role
from app.screening.screen import screen
from app.screening.screeners import BundledLists, Screeners
from app.settings import read_settings
from app.store.database import Store, open_store
from app.store.deliveries import add_webhook
from app.store.keys import Scope, create_key
from app.store.parties import register
from app.webhooks.signature import new_secret, sign
from app.worker.duties import Duties, Duty
from tests.receiver import receiving

TAIDA = Party("Hetian Taida Apparel Co., Ltd.")


def test_a_listing_that_came_into_force_reaches_the_receiver(tmp_path: Path, cache_dir: Path) -> None:
    settings = read_settings(
        {
            "IMPORTGATE_DATA_DIR": str(tmp_path),
            "IMPORTGATE_CACHE_DIR": str(cache_dir),
            "IMPORTGATE_WEBHOOK_PRIVATE": "127.0.0.0/8",
        }
    )
    store = open_store(settings.database_url)
    store.migrate()
    screeners = Screeners.on_disk(BundledLists(bundled_sources()), settings.cache_dir)
    before = screeners.get(None, date(2022, 6, 20))
    key, _ = create_key(store, "customs-desk", [Scope.SCREEN])
    item = ShipmentParty(1, None, Role.SUPPLIER, TAIDA, "V-1001")
    register(store, before, list(zip([item], screen([TAIDA], before), strict=True)), key=key)
    with receiving() as receiver:
        secret = new_secret()
        add_webhook(store, receiver.url, secret, key=key)
        duties = Duties(store, settings, screeners)
        duties.run_due(Event())
        duties.run_due(Event())
    store.close()
    (got,) = receiver.received
    message_id, timestamp = got.headers["webhook-id"], int(got.headers["webhook-timestamp"])
    assert got.headers["webhook-signature"] == sign(secret, message_id, timestamp, got.body)
    message = json.loads(got.body)
    told = {difference["subject"]: difference for difference in message["data"]["differences"]}
    new = told["us-uflpa/hetian-taida-apparel"]
    assert (new["change"], new["party"]["reference"], new["after"]["strength"]) == ("new", "V-1001", "strong")
    assert new["cause"]["as_of"] == {"before": "2022-06-20", "after": datetime.now(UTC).date().isoformat()}


@pytest.mark.parametrize("error", [StoreError("the database does not answer"), RuntimeError("a fault")], ids=repr)
def test_a_duty_that_fails_holds_up_no_other(
    any_store: Store, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    done: list[str] = []

    def fail(*_: object) -> None:
        raise error

    duties = (Duty("fails", 60, fail), Duty("works", 60, lambda *_: done.append("works")))
    monkeypatch.setattr("app.worker.duties.DUTIES", duties)
    Duties(any_store, read_settings({}), Screeners.on_disk(BundledLists(()), Path())).run_due(Event())
    assert done == ["works"]
