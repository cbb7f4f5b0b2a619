"""What makes two findings the same one: who, which listing, in which role. Rows, files and spellings may move."""

from __future__ import annotations

import hashlib
import json

from app.lists.model import Listing
from app.lists.plain import listing_to_plain
from app.screening.model import Party, Signal
from app.text.read import read_name

_EDITORIAL = ("line", "notes")  # where an entry stands and what editors remark: no part of what it says


def party_identity(name: str) -> str:
    """The same for all ways of writing a name that differ in case, spaces, punctuation or legal form only."""
    return read_name(name).identity or " ".join(name.split()).casefold()


def fingerprint(name: str, subject: str, role: str) -> str:
    """32 hexadecimal digits. `subject` is the id of the listing, or what else was found about the party."""
    return hashlib.sha256("\x1f".join((party_identity(name), subject, role)).encode()).hexdigest()[:32]


def listing_digest(listing: Listing) -> str:
    """12 hexadecimal digits that change with what a listing says: its names, its scope, its dates, its sources."""
    plain = {key: value for key, value in listing_to_plain(listing).items() if key not in _EDITORIAL}
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:12]


def party_digest(party: Party) -> str:
    """12 hexadecimal digits that change with what was declared about a party besides its name and its goods."""
    address = " ".join(party.address.split()).casefold()
    declared = [address, party.country, sorted(party.identifiers.items()), party.postal_code]
    return hashlib.sha256(json.dumps(declared).encode()).hexdigest()[:12]


def signal_digest(signal: Signal) -> str:
    """12 hexadecimal digits that change with what a signal rests on besides the text that raised it."""
    grounds = [signal.source, signal.field, dict(signal.place or {}), [dict(step) for step in signal.path]]
    return hashlib.sha256(json.dumps(grounds, sort_keys=True).encode()).hexdigest()[:12]


def qualified_id(list_id: str, listing_id: str) -> str:
    """A listing's id with its list's in front: the entries of custom lists have ids that only their list knows."""
    return listing_id if listing_id.startswith(f"{list_id}/") else f"{list_id}/{listing_id}"
