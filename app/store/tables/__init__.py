"""The tables of the store, by what they are for. Whoever wants all of them, as migrations do, imports this package."""

from app.store.tables.evidence import Call, Context, Hit, SeenListing, StoredScreening
from app.store.tables.jobs import Job
from app.store.tables.keys import ApiKey, SignInLink, WebSession
from app.store.tables.monitoring import Delivery, Difference, MonitoredParty, Webhook
from app.store.tables.review import AuditEntry, Disposition, RememberedDecision
from app.store.tables.table import Instant, Table

__all__ = [
    "ApiKey",
    "AuditEntry",
    "Call",
    "Context",
    "Delivery",
    "Difference",
    "Disposition",
    "Hit",
    "Instant",
    "Job",
    "MonitoredParty",
    "RememberedDecision",
    "SeenListing",
    "SignInLink",
    "StoredScreening",
    "Table",
    "WebSession",
    "Webhook",
]
