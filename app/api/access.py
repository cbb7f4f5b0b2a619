"""Who may call what: a key on every call but the health checks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from app.api.keyring import KeyRing
from app.api.problems import NO_KEY, NOT_ALLOWED, ProblemError
from app.api.rates import Rates
from app.store.keys import KeyState, Scope, key_scopes, key_state
from app.store.tables import ApiKey

_bearer = HTTPBearer(auto_error=False, description="`Authorization: Bearer ig_...`")
_header = APIKeyHeader(name="X-API-Key", auto_error=False, description="The same key in a header of its own")


def require(scope: Scope | None = None) -> Callable[..., Awaitable[ApiKey]]:
    """A dependency that lets in an active key with `scope`, or any active key where None."""

    async def let_in(
        request: Request,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
        header: Annotated[str | None, Depends(_header)],
    ) -> ApiKey:
        secret = bearer.credentials if bearer else header
        if not secret:
            raise _refusal("this call needs an API key", 'Bearer realm="importgate"')
        keys: KeyRing = request.app.state.keys
        rates: Rates = request.app.state.rates
        address = request.client.host if request.client else ""
        key = keys.at_hand(secret)
        if key is None:
            rates.refuse_guessers(address)
            key = await keys.find(secret)
        state = None if key is None else key_state(key)
        if key is None or state is not KeyState.ACTIVE:
            rates.note_wrong_key(address)
            reason = "this key is not known" if state is None else f"this key is {state.value}"
            raise _refusal(reason, 'Bearer realm="importgate", error="invalid_token"')
        assert key.id is not None
        keys.note_use(key.id)
        request.state.key_id = key.id
        request.state.rate_headers = rates.spend(key.id, 1)
        if scope is not None and scope not in key_scopes(key):
            raise ProblemError(
                NOT_ALLOWED,
                f"this call needs a key with the scope {scope.value}; this one has: {key.scopes}",
                headers={"WWW-Authenticate": f'Bearer realm="importgate", error="insufficient_scope", scope="{scope}"'},
            )
        return key

    return let_in


def _refusal(detail: str, challenge: str) -> ProblemError:
    return ProblemError(NO_KEY, detail, headers={"WWW-Authenticate": challenge})
