"""The API in this process, on its own database, with the bundled lists compiled once for all tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.api.application import create_app
from app.settings import Settings, read_settings
from app.store.database import Store, open_store
from app.store.keys import Scope, create_key


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory, cache_dir: Path) -> Settings:
    data_dir = tmp_path_factory.mktemp("api")
    return read_settings(
        {
            "IMPORTGATE_CACHE_DIR": str(cache_dir),
            "IMPORTGATE_DATA_DIR": str(data_dir),
            "IMPORTGATE_MAX_BODY_BYTES": "300000",
            "IMPORTGATE_MAX_UPLOAD_BYTES": "3000000",
            "IMPORTGATE_REQUEST_SECONDS": "60",
        }
    )


@dataclass(frozen=True)
class Api:
    """A client with a key that may screen, the application and its store."""

    client: httpx.AsyncClient
    app: FastAPI
    store: Store

    def key(self, *scopes: Scope) -> str:
        return create_key(self.store, "test", scopes)[1]

    async def post(self, body: Any, **options: Any) -> httpx.Response:
        return await self.client.post("/v1/screenings", json=body, **options)

    async def screen(self, *parties: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
        answer = await self.post({"parties": list(parties), **more})
        assert answer.status_code == 200, answer.text
        records: list[dict[str, Any]] = answer.json()["records"]
        return records


@pytest.fixture(scope="session")
async def api(anyio_backend: str, settings: Settings) -> AsyncIterator[Api]:  # noqa: ARG001
    store = open_store(settings.database_url)
    store.migrate()
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://test"
        ) as client,
    ):
        app.state.screeners.warm()
        api = Api(client, app, store)
        client.headers["Authorization"] = f"Bearer {api.key(Scope.SCREEN)}"
        yield api
    store.close()
