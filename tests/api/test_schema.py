"""Schemathesis calls every operation of the OpenAPI document on a real port, with what it allows and what it does not.

No answer may be a server error, nor have a status, a content type or a shape that the document does not name.
IMPORTGATE_TEST_SCHEMA_EXAMPLES=500 looks longer.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import hypothesis
import pytest
import requests
import schemathesis
import uvicorn
from hypothesis import HealthCheck
from schemathesis import checks
from sqlmodel import col, update

from app.api.application import create_app
from app.api.connection import Connection
from app.settings import TEST_PREFIX, Settings, read_settings
from app.store.database import open_store
from app.store.keys import Scope, create_key
from app.store.tables import ApiKey

EXAMPLES = int(os.environ.get(f"{TEST_PREFIX}SCHEMA_EXAMPLES", "5"))
OWN_KEY = 1_000_003  # a number that no example is likely to revoke
SCHEMA = schemathesis.openapi.from_dict(create_app(read_settings({})).openapi())
SHIPMENT_FILES = (
    "application/jsonl",
    "application/x-ndjson",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
CHECKS = (
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
)


@schemathesis.serializer(*SHIPMENT_FILES)
def _as_it_is(_context: schemathesis.SerializationContext, value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@dataclass(frozen=True)
class Service:
    address: str
    session: requests.Session


@pytest.fixture(scope="module")
def service(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    data_dir = tmp_path_factory.mktemp("schema")
    own = replace(settings, data_dir=data_dir, database_url=f"sqlite:///{data_dir}/schema.sqlite3", rate_limit=None)
    store = open_store(own.database_url)
    store.migrate()
    key, secret = create_key(store, "schemathesis", Scope)
    with store.write() as session:
        session.exec(update(ApiKey).where(col(ApiKey.id) == key.id).values(id=OWN_KEY))
    store.close()
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(own), http=Connection, ws="none", lifespan="on", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {secret}"
        yield Service(f"http://127.0.0.1:{listener.getsockname()[1]}", session)
    server.should_exit = True
    thread.join()


@SCHEMA.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
def test_what_the_document_says_holds(case: schemathesis.Case, service: Service) -> None:
    case.call_and_validate(base_url=service.address, session=service.session, checks=CHECKS, timeout=30)
