"""Webhooks: where differences are sent, and how that goes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from app.api.access import require
from app.api.paging import DEFAULT_PAGE, Cursor, Limit, cursor_of, place_of
from app.api.problems import (
    FAILED,
    INVALID,
    MALFORMED,
    NO_KEY,
    NOT_ALLOWED,
    NOT_FOUND,
    OUT_OF_TIME,
    TOO_LARGE,
    WRONG_TYPE,
    ProblemError,
    documented,
)
from app.errors import UsageError
from app.store.database import Store
from app.store.deliveries import (
    DeliveryState,
    add_test,
    add_webhook,
    deliveries_page,
    find_webhook,
    note_attempt,
    remove_webhook,
    webhooks_page,
)
from app.store.keys import Scope
from app.store.tables import ApiKey, Delivery, Webhook
from app.webhooks.sending import MAX_URL, SECONDS, Message, check_url, find_address, send
from app.webhooks.signature import new_secret

router = APIRouter(tags=["webhooks"])
Key = Annotated[ApiKey, Depends(require(Scope.ADMIN))]


class WebhookIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: str = Field(
        min_length=1,
        max_length=MAX_URL,
        description="Where messages are posted. It needs https and a public address, unless the operator allows more.",
        examples=["https://compliance.example.com/importgate"],
    )


class WebhookOut(BaseModel):
    id: str
    url: str
    created_at: datetime


class NewWebhookOut(WebhookOut):
    secret: str = Field(description="Signs the messages, after the Standard Webhooks convention; shown only this once.")


class WebhooksOut(BaseModel):
    items: list[WebhookOut]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


class DeliveryOut(BaseModel):
    """A message and how far it has come."""

    id: str = Field(description="Sent as `webhook-id`, the same one with every attempt.")
    type: str
    state: DeliveryState
    attempts: int
    status: int | None = Field(description="Status of the last answer; null where there was none.")
    problem: str = Field(description="Why the last attempt failed; empty where it did not.")
    created_at: datetime
    next_attempt_at: datetime | None
    delivered_at: datetime | None


class DeliveriesOut(BaseModel):
    items: list[DeliveryOut]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


class TriedOut(BaseModel):
    delivered: bool
    status: int | None
    problem: str


_REFUSALS = (NO_KEY, NOT_ALLOWED, INVALID, FAILED)


@router.post(
    "/webhooks",
    summary="Add a webhook",
    status_code=201,
    response_model=NewWebhookOut,
    responses=documented(*_REFUSALS, MALFORMED, TOO_LARGE, WRONG_TYPE, OUT_OF_TIME),
)
async def create_webhook(request: Request, asked: WebhookIn, key: Key) -> JSONResponse:
    """Differences of monitored parties are sent there from now on, signed with the secret of the answer."""
    allowed = request.app.state.settings.webhook_private
    try:
        await find_address(check_url(asked.url, allowed), allowed)
    except UsageError as error:
        detail = str(error)
        raise ProblemError(INVALID, f"#/url: {detail}", errors=[{"pointer": "#/url", "detail": detail}]) from None
    secret = new_secret()
    webhook = await anyio.to_thread.run_sync(lambda: add_webhook(_store(request), asked.url, secret, key=key))
    return JSONResponse({**_webhook(webhook), "secret": secret}, 201)


@router.get("/webhooks", summary="Webhooks", response_model=WebhooksOut, responses=documented(*_REFUSALS))
def get_webhooks(request: Request, _key: Key, cursor: Cursor = None, limit: Limit = DEFAULT_PAGE) -> JSONResponse:
    """The webhooks, oldest first."""
    found = webhooks_page(_store(request), limit + 1, place_of(cursor, datetime, str) if cursor else None)
    page = found[:limit]
    following = cursor_of(page[-1].created_at.isoformat(), page[-1].id) if len(found) > limit else None
    return JSONResponse({"items": [_webhook(webhook) for webhook in page], "next": following})


@router.delete(
    "/webhooks/{webhook_id}",
    summary="Remove a webhook",
    status_code=204,
    response_class=Response,
    responses=documented(*_REFUSALS, NOT_FOUND),
)
def delete_webhook(request: Request, key: Key, webhook_id: str) -> None:
    """Nothing is sent there any more, not even what waits; its secret is forgotten."""
    if not remove_webhook(_store(request), webhook_id, key=key):
        raise _no_webhook(webhook_id)


@router.post(
    "/webhooks/{webhook_id}/test",
    summary="Try a webhook",
    response_model=TriedOut,
    responses=documented(*_REFUSALS, NOT_FOUND, OUT_OF_TIME),
)
async def try_webhook(request: Request, _key: Key, webhook_id: str) -> JSONResponse:
    """Sends a signed message of the type `webhook.test`, at once and once, and says how that went."""
    store = _store(request)
    webhook = await anyio.to_thread.run_sync(find_webhook, store, webhook_id)
    if webhook is None:
        raise _no_webhook(webhook_id)
    due = await anyio.to_thread.run_sync(add_test, store, webhook, 2 * SECONDS)
    sent = await send(Message(due.id, due.url, due.secret, due.body), request.app.state.settings.webhook_private)
    await anyio.to_thread.run_sync(
        lambda: note_attempt(store, due, status=sent.status, problem=sent.problem, is_final=True)
    )
    return JSONResponse({"delivered": sent.is_delivered, "status": sent.status, "problem": sent.problem})


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    summary="What was sent to a webhook",
    response_model=DeliveriesOut,
    responses=documented(*_REFUSALS, NOT_FOUND),
)
def get_deliveries(
    request: Request,
    _key: Key,
    webhook_id: str,
    state: Annotated[list[DeliveryState] | None, Query(description="Only those in one of these states.")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> JSONResponse:
    """The messages to the webhook, newest first: what waits, what arrived, what was given up and why."""
    store = _store(request)
    if find_webhook(store, webhook_id) is None:
        raise _no_webhook(webhook_id)
    found = deliveries_page(
        store, webhook_id, state or (), limit + 1, place_of(cursor, datetime, str) if cursor else None
    )
    page = found[:limit]
    following = cursor_of(page[-1].created_at.isoformat(), page[-1].id) if len(found) > limit else None
    return JSONResponse({"items": [_delivery(delivery) for delivery in page], "next": following})


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _webhook(webhook: Webhook) -> dict[str, Any]:
    return {"id": webhook.id, "url": webhook.url, "created_at": webhook.created_at.isoformat()}


def _delivery(delivery: Delivery) -> dict[str, Any]:
    waits = delivery.state == DeliveryState.WAITING
    return {
        "id": delivery.id,
        "type": delivery.kind,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "status": delivery.status,
        "problem": delivery.problem,
        "created_at": delivery.created_at.isoformat(),
        "next_attempt_at": delivery.next_attempt_at.isoformat() if waits else None,
        "delivered_at": None if delivery.delivered_at is None else delivery.delivered_at.isoformat(),
    }


def _no_webhook(webhook_id: str) -> ProblemError:
    return ProblemError(NOT_FOUND, f"there is no webhook {webhook_id!r}; GET /v1/webhooks shows those there are")
