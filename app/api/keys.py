"""`/v1/keys`: who may call the service, for those who decide that."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from app.api.access import require
from app.api.keyring import KeyRing
from app.api.problems import INVALID, LAST_ADMIN_KEY, MALFORMED, TOO_LARGE, UNKNOWN_KEY, WRONG_TYPE, documented
from app.store.keys import KeyState, Scope, create_key, get_key, key_scopes, key_state, page_of_keys, revoke_key
from app.store.tables import ApiKey

LARGEST_ID = 2**31 - 1  # of an integer in PostgreSQL

router = APIRouter(tags=["keys"])
Admin = Annotated[ApiKey, Depends(require(Scope.ADMIN))]
KeyId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


def _written(value: object) -> object:
    """Pydantic would also take a number of seconds for an instant."""
    if value is not None and not isinstance(value, str):
        raise ValueError("an instant is written YYYY-MM-DDTHH:MM:SSZ")
    return value


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("no such day in UTC") from None


def _printable(name: str) -> str:
    if not name.strip() or any(unicodedata.category(sign) in ("Cc", "Cs") for sign in name):
        raise ValueError("a name has letters, and no control characters")
    return name


Instant = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_in_utc)]


class KeyIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, AfterValidator(_printable)] = Field(
        min_length=1, max_length=100, description="Whose key it is; stands beside what is decided with it."
    )
    scopes: list[Scope] = Field(
        min_length=1,
        max_length=20,
        description="What it allows: `screen` screens, `review` decides on hits, `admin` manages keys, `metrics` reads "
        "the service's figures.",
    )
    expires_at: Instant | None = Field(None, description="When it stops working, with a zone; never if left out.")


class KeyOut(BaseModel):
    """A key without its secret."""

    id: int
    name: str
    prefix: str = Field(description="How the secret begins, to tell keys apart.")
    scopes: list[Scope]
    state: KeyState
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="To about half a minute.")

    @classmethod
    def of(cls, key: ApiKey, **more: object) -> KeyOut:
        plain = key.model_dump(exclude={"sha256", "scopes"})
        return cls.model_validate(plain | {"scopes": sorted(key_scopes(key)), "state": key_state(key)} | more)


class NewKeyOut(KeyOut):
    secret: str = Field(description="The key itself, shown only now.", examples=["ig_..."])


class KeysOut(BaseModel):
    """A page of keys, oldest first, revoked ones too."""

    items: list[KeyOut]
    next: str | None = Field(description="`cursor` of the next page; null on the last one.")


@router.post(
    "/keys",
    summary="Make a key",
    status_code=201,
    responses=documented(MALFORMED, TOO_LARGE, WRONG_TYPE, INVALID),
)
async def post_key(request: Request, admin: Admin, asked: KeyIn) -> NewKeyOut:
    """Makes a key. Its `secret` is in this answer and nowhere else."""
    store = request.app.state.store
    key, secret = await anyio.to_thread.run_sync(
        lambda: create_key(store, asked.name, asked.scopes, by=admin.name, expires_at=asked.expires_at)
    )
    made = NewKeyOut.of(key, secret=secret)
    assert isinstance(made, NewKeyOut)
    return made


@router.get("/keys", summary="All keys", responses=documented(INVALID))
def get_keys(
    request: Request,
    _: Admin,
    cursor: Annotated[int, Query(ge=0, le=LARGEST_ID, description="`next` of the page before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=500, description="How many keys to give.")] = 50,
) -> KeysOut:
    """Every key there ever was, oldest first, a page at a time."""
    keys = page_of_keys(request.app.state.store, after=cursor, limit=limit + 1)
    last = keys[limit - 1].id if len(keys) > limit else None
    return KeysOut(items=[KeyOut.of(key) for key in keys[:limit]], next=None if last is None else str(last))


@router.get("/keys/{key_id}", summary="One key", responses=documented(UNKNOWN_KEY, INVALID))
def get_one_key(request: Request, _: Admin, key_id: KeyId) -> KeyOut:
    """A key by its number."""
    return KeyOut.of(get_key(request.app.state.store, key_id))


@router.delete("/keys/{key_id}", summary="Revoke a key", responses=documented(UNKNOWN_KEY, LAST_ADMIN_KEY, INVALID))
async def delete_key(request: Request, admin: Admin, key_id: KeyId) -> KeyOut:
    """Revokes a key for good; revoking it again changes nothing. The last key with the scope admin stays."""
    store, keys = request.app.state.store, request.app.state.keys
    revoked = await anyio.to_thread.run_sync(lambda: revoke_key(store, key_id, by=admin.name, keep_an_admin=True))
    assert isinstance(keys, KeyRing)
    keys.forget()
    return KeyOut.of(revoked)
