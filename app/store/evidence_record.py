"""The evidence of a screening as plain data: what the API answers and what the printed page shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.errors import ListError
from app.lists.plain import encode_record
from app.screening.screeners import Screeners
from app.screening.software import software_version
from app.store.database import Store
from app.store.kept import Kept, Reviewed, context_differs, is_reproduced, read_kept
from app.store.tables import Disposition
from app.text.read import read_name


def find_evidence(store: Store, screeners: Screeners, screening_id: str) -> dict[str, Any] | None:
    """The evidence as plain data, with the screening done again; None where there is none by that id."""
    kept = read_kept(store, screening_id)
    return None if kept is None else evidence_record(kept, _replay(kept, screeners))


def _replay(kept: Kept, screeners: Screeners) -> bool | str:
    list_ids = list(json.loads(kept.context.editions))
    unknown = [list_id for list_id in list_ids if list_id not in screeners.bundled.sources]
    if unknown:
        return f"unavailable: the service has no list {', '.join(unknown)}"
    try:
        screener = screeners.get(list_ids, kept.context.as_of)
    except ListError as error:
        return f"unavailable: {error}"
    differs = context_differs(kept, screener)
    return f"unavailable: the service has {differs}" if differs else is_reproduced(kept, screener)


def evidence_record(kept: Kept, reproduced: bool | str) -> dict[str, Any]:
    """`reproduced` is what came of screening again: true, false, or `unavailable: ` and why."""
    screening, batch = kept.screening, kept.batch
    hits = kept.findings["hits"]
    return {
        "id": f"{screening.batch_id}.{screening.number}",
        "batch": {
            "id": batch.id,
            "by": batch.by,
            "created_at": batch.created_at.isoformat(),
            "request_id": batch.request_id,
            "file_name": batch.file_name,
            "file_sha256": batch.file_sha256,
        },
        "row": screening.row,
        "line": screening.line,
        "role": screening.role,
        "reference": screening.reference,
        "party": encode_record(kept.party),
        "relations": [asdict(link) for link in batch.relations],
        "reading": _reading(kept.party.name),
        "context": _context(kept),
        "outcome": screening.outcome,
        "problem": kept.findings["problem"],
        "waiver": kept.findings["waiver"],
        "hits": [_with_review(hit, kept.reviewed.get(place)) for place, hit in enumerate(hits, 1)],
        "signals": [
            _with_review(signal, kept.reviewed.get(place))
            for place, signal in enumerate(kept.findings["signals"], len(hits) + 1)
        ],
        "reproduced": reproduced,
    }


def _reading(name: str) -> dict[str, Any]:
    """How this software reads the name; for hits, `explanation` has how the name was read then."""
    read = read_name(name)
    return {
        "software": software_version(),
        "text": read.text,
        "script": read.script.value,
        "identity": read.identity,
        "tokens": [token._asdict() for token in read.tokens],
    }


def _context(kept: Kept) -> dict[str, Any]:
    context = kept.context
    hashes = json.loads(context.sha256s)
    return {
        "as_of": context.as_of.isoformat(),
        "lists": [
            {"id": list_id, "edition": edition, "sha256": hashes[list_id]}
            for list_id, edition in json.loads(context.editions).items()
        ],
        "programmes": context.programmes,
        "policy": context.policy,
        "software": context.software,
    }


def _with_review(found: Mapping[str, Any], reviewed: Reviewed | None) -> dict[str, Any]:
    """`review` is null for a signal that is noted only, and for what is not kept in the queue any more."""
    if reviewed is None:
        return {**found, "listing": None, "review": None}
    hit = reviewed.hit
    review = {"id": hit.id, "state": hit.state, "proposed": hit.proposed, "version": hit.version}
    history = [_step(step) for step in reviewed.history]
    return {**found, "listing": reviewed.listing, "review": review | {"history": history}}


def _step(step: Disposition) -> dict[str, Any]:
    said = {name: getattr(step, name) for name in ("hit_id", "kind", "state", "reason", "note", "by")}
    return said | {"at": step.at.isoformat()}
