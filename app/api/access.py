"""Who may call what. A key is asked for before anything of a request's body is read, its scope by the route."""

from __future__ import annotations

from fastapi import Request
from fastapi.openapi.models import APIKey as ApiKeyScheme
from fastapi.openapi.models import APIKeyIn
from fastapi.openapi.models import HTTPBearer as BearerScheme
from fastapi.security.base import SecurityBase
from starlette.datastructures import Headers, State
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as AsgiScope

from app.api.keyring import KeyRing
from app.api.problems import NO_KEY, NOT_ALLOWED, ProblemError
from app.api.rates import Rates
from app.store.keys import KeyState, Scope, key_scopes, key_state
from app.store.tables import ApiKey

GUARDED = ("/v1/", "/metrics")
SCHEMES = {
    "bearer": BearerScheme(description="`Authorization: Bearer ig_...`"),
    "header": ApiKeyScheme.model_validate(
        {"name": "X-API-Key", "in": APIKeyIn.header, "description": "The same key in a header of its own"}
    ),
}


class Door:
    """Middleware that lets requests for `GUARDED` paths in with an active key that has not used up its rate."""

    def __init__(self, app: ASGIApp, *, state: State) -> None:
        self.app = app
        self._state = state

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(GUARDED):
            try:
                await self._admit(scope)
            except ProblemError as error:
                await error.response(scope["path"])(scope, receive, send)
                return
        await self.app(scope, receive, send)

    async def _admit(self, scope: AsgiScope) -> None:
        keys: KeyRing = self._state.keys
        rates: Rates = self._state.rates
        secret = _secret(Headers(scope=scope))
        if not secret:
            raise _refusal("this call needs an API key", 'Bearer realm="importgate"')
        address = scope["client"][0] if scope.get("client") else ""
        key = keys.at_hand(secret)
        if key is None:
            if not keys.knows(secret):
                rates.refuse_guessers(address)
            key = await keys.find(secret)
        state = None if key is None else key_state(key)
        if key is None or state is not KeyState.ACTIVE:
            rates.note_wrong_key(address)
            reason = "this key is not known" if state is None else f"this key is {state.value}"
            raise _refusal(reason, 'Bearer realm="importgate", error="invalid_token"')
        assert key.id is not None
        keys.note_use(key.id)
        scope["state"] |= {"key": key, "rate_headers": rates.spend(key.id, 1)}


class require(SecurityBase):  # noqa: N801  # reads as what it does: Depends(require(Scope.SCREEN))
    """A dependency: the caller's key, which must have `scope`, or may have any where None."""

    def __init__(self, scope: Scope | None = None) -> None:
        self.scope = scope
        self.model = SCHEMES["bearer"]
        self.scheme_name = "bearer"

    async def __call__(self, request: Request) -> ApiKey:
        key: ApiKey = request.state.key
        if self.scope is not None and self.scope not in key_scopes(key):
            raise ProblemError(
                NOT_ALLOWED,
                f"this call needs a key with the scope {self.scope}; this one has: {key.scopes}",
                headers={
                    "WWW-Authenticate": f'Bearer realm="importgate", error="insufficient_scope", scope="{self.scope}"'
                },
            )
        return key


def _secret(headers: Headers) -> str:
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and credentials.strip():
        return credentials.strip()
    return headers.get("x-api-key", "")


def _refusal(detail: str, challenge: str) -> ProblemError:
    return ProblemError(NO_KEY, detail, headers={"WWW-Authenticate": challenge})
