"""Settings, read once at the edge (`cli`, `api`) and passed down as values.

Every setting is an environment variable of the table `SETTINGS`. An unknown `IMPORTGATE_` name is an error: a misspelt
setting that is silently ignored would leave a service running with a default that nobody chose.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.errors import UsageError

if TYPE_CHECKING:
    from ipaddress import IPv4Network, IPv6Network

PREFIX = "IMPORTGATE_"
LOG_LEVELS = ("debug", "info", "warning", "error")
PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
TEST_PREFIX = "IMPORTGATE_TEST_"  # read by the test suite alone


@dataclass(frozen=True, slots=True)
class Settings:
    """All paths are absolute. `max_body_bytes` limits one request's body, `request_seconds` the time it may take;
    uploads have `max_upload_bytes` and `upload_seconds` instead. `lease_seconds` are how long a worker may be silent.

    `rate_limit` is units and the seconds in which a key may use them, None for no limit.
    `webhook_private` are the networks that webhooks may lead to besides public addresses.
    """

    cache_dir: Path
    data_dir: Path
    database_url: str
    max_body_bytes: int
    request_seconds: float
    uploads_dir: Path
    max_upload_bytes: int
    max_rows: int
    upload_seconds: float
    keep_uploads_days: int
    keep_messages_days: int
    lease_seconds: float
    max_requests: int
    rate_limit: tuple[int, int] | None
    trusted_proxies: str
    behind_tls: bool
    log_level: str
    four_eyes: bool
    webhook_private: tuple[IPv4Network | IPv6Network, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table. `parse` raises `ValueError` with what the value should have been."""

    field: str
    default: str
    meaning: str
    parse: Callable[[str], Any]
    secret: bool = False  # not to be repeated in a message

    @property
    def variable(self) -> str:
        return PREFIX + self.field.upper()


def _directory(text: str) -> Path:
    path = Path(text).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise ValueError("a directory; this is a file")
    return path


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql")):
        raise ValueError("a database address such as sqlite:////var/lib/importgate/importgate.sqlite3")
    return text


def _bytes(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1024:
        raise ValueError("a whole number of bytes, 1024 or more")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise ValueError("a number of seconds, more than 0 and at most 3600")
    return seconds


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ValueError("a whole number, 1 or more")
    return int(text)


def _rate(text: str) -> tuple[int, int] | None:
    if text == "none":
        return None
    units, _, period = text.partition("/")
    if not units.isascii() or not units.isdigit() or int(units) < 1 or period not in PERIODS:
        raise ValueError(f"a rate such as 6000/minute (a number, then {', '.join(PERIODS)}), or none")
    return int(units), PERIODS[period]


def _addresses(text: str) -> str:
    from ipaddress import ip_network

    try:
        for part in text.split(","):
            ip_network(part)
    except ValueError:
        raise ValueError("addresses or networks separated by commas, such as 10.0.0.5,10.1.0.0/16") from None
    return text


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("yes or no")
    return text == "yes"


def _log_level(text: str) -> str:
    if text not in LOG_LEVELS:
        raise ValueError(f"one of {', '.join(LOG_LEVELS)}")
    return text


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    from ipaddress import ip_network

    try:
        return () if text == "none" else tuple(ip_network(part.strip()) for part in text.split(","))
    except ValueError as error:
        raise ValueError(f"networks such as 10.1.0.0/16,192.168.7.20/32 ({error})") from None


SETTINGS = (
    Setting(
        "cache_dir",
        "the user's cache directory, e.g. ~/.cache/importgate",
        "where compiled lists are kept; safe to delete",
        _directory,
    ),
    Setting(
        "data_dir",
        "the user's data directory, e.g. ~/.local/share/importgate",
        "where the service keeps its SQLite database and uploaded files",
        _directory,
    ),
    Setting(
        "database_url",
        "importgate.sqlite3 in the data directory",
        "the service's database, e.g. sqlite:////var/lib/importgate/importgate.sqlite3",
        _database,
        secret=True,
    ),
    Setting("max_body_bytes", "4194304", "the largest request body that the API reads, in bytes", _bytes),
    Setting("request_seconds", "30", "how long the API works on one request before it gives up, in seconds", _seconds),
    Setting(
        "uploads_dir",
        "uploads in the data directory",
        "where uploaded files are kept; all machines of one service need the same folder",
        _directory,
    ),
    Setting("max_upload_bytes", "2147483648", "the largest file that may be uploaded, in bytes", _bytes),
    Setting("max_rows", "10000000", "the most rows that an uploaded file may have", _count),
    Setting("upload_seconds", "3600", "how long an upload may take to arrive, in seconds", _seconds),
    Setting("keep_uploads_days", "30", "days after which the file of a job that has ended is removed", _count),
    Setting(
        "keep_messages_days",
        "365",
        "days after which differences of monitored parties, and messages to webhooks, are removed",
        _count,
    ),
    Setting("lease_seconds", "30", "seconds of silence after which a worker's job goes to another one", _seconds),
    Setting("max_requests", "100", "how many requests the API works on at once before it refuses more", _count),
    Setting(
        "rate_limit",
        "6000/minute",
        "what each key may use, in units a second, minute, hour or day; `none` for no limit",
        _rate,
    ),
    Setting(
        "trusted_proxies",
        "127.0.0.1,::1",
        "addresses or networks of reverse proxies that are believed about whom they forward for",
        _addresses,
    ),
    Setting(
        "behind_tls", "no", "`yes` where callers come through TLS alone: browsers are told to insist on it", _yes_or_no
    ),
    Setting("log_level", "info", "the least that the service logs: debug, info, warning or error", _log_level),
    Setting(
        "four_eyes", "no", "`yes` where a second person has to confirm true matches and false positives", _yes_or_no
    ),
    Setting(
        "webhook_private",
        "none",
        "networks, separated by commas, that webhooks may lead to although they are private, and by plain http",
        _networks,
    ),
)


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of `environ` (`os.environ` if None). An empty value counts as unset.

    Raises `UsageError`, naming the variable, for a bad value and for an unknown `IMPORTGATE_` name.
    """
    environ = os.environ if environ is None else environ
    _refuse_unknown_names(environ)
    given = {setting.field: _read(setting, environ) for setting in SETTINGS if environ.get(setting.variable)}
    data_dir = given.get("data_dir") or _user_dir("data")
    places: dict[str, Any] = {
        "cache_dir": given.get("cache_dir") or _user_dir("cache"),
        "data_dir": data_dir,
        "database_url": f"sqlite:///{data_dir / 'importgate.sqlite3'}",
        "uploads_dir": data_dir / "uploads",
    }
    defaults = {setting.field: setting.parse(setting.default) for setting in SETTINGS if setting.field not in places}
    return Settings(**places | defaults | given)


def available_cores() -> int:
    """The cores that this process may use: a container or a queue may grant fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def shown(settings: Settings) -> dict[str, str]:
    """Every setting's value as text, secret ones masked: for the audit log."""
    return {row.field: "***" if row.secret else str(getattr(settings, row.field)) for row in SETTINGS}


def cache_dir() -> Path:
    """Where compiled lists are kept; need not exist yet. Raises `UsageError` like `read_settings`."""
    return read_settings().cache_dir


def _read(setting: Setting, environ: Mapping[str, str]) -> Any:
    text = environ[setting.variable]
    try:
        return setting.parse(text)
    except ValueError as error:
        given = "" if setting.secret else f"={text!r}"
        raise UsageError(f"{setting.variable}{given} must be {error}") from None


def _refuse_unknown_names(environ: Mapping[str, str]) -> None:
    known = [setting.variable for setting in SETTINGS]
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name.startswith(TEST_PREFIX) or name in known:
            continue
        from difflib import get_close_matches

        # Without the prefix, which would make any two names look alike.
        nearest = get_close_matches(name.removeprefix(PREFIX), [row.field.upper() for row in SETTINGS], n=1)
        hint = f"did you mean {PREFIX}{nearest[0]}?" if nearest else f"the settings are {', '.join(known)}"
        raise UsageError(f"the environment variable {name} is no setting of Importgate; {hint}")


def _user_dir(kind: str) -> Path:
    import platformdirs

    find = platformdirs.user_cache_path if kind == "cache" else platformdirs.user_data_path
    return find("importgate", appauthor=False)
