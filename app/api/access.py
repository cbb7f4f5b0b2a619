"""Who may call what: a key on every call but the health checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer

from app.api.problems import NO_KEY, NOT_ALLOWED, ProblemError
from app.store.database import Store
from app.store.keys import KeyState, Scope, find_key, key_scopes, key_state
from app.store.tables import ApiKey

_bearer = HTTPBearer(auto_error=False, description="`Authorization: Bearer ig_...`")
_header = APIKeyHeader(name="X-API-Key", auto_error=False, description="The same key in a header of its own")


def require(scope: Scope | None = None) -> Callable[..., ApiKey]:
    """A dependency that lets in an active key with `scope`, or any active key where None."""

    def let_in(
        request: Request,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
        header: Annotated[str | None, Depends(_header)],
    ) -> ApiKey:
        secret = bearer.credentials if bearer else header
        if not secret:
            raise _refusal("this call needs an API key", 'Bearer realm="importgate"')
        store: Store = request.app.state.store
        key = find_key(store, secret)
        state = None if key is None else key_state(key)
        if key is None or state is not KeyState.ACTIVE:
            reason = "this key is not known" if state is None else f"this key is {state.value}"
            raise _refusal(reason, 'Bearer realm="importgate", error="invalid_token"')
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
