"""The service's log: one JSON object a line on stderr, whoever writes it, uvicorn and SQLAlchemy included.

Entry points call `write_logs` once. What belongs to a request or a job is bound with `structlog.contextvars`
(`request_id`, `job_id`) and then stands in every line written on its behalf, in whatever thread.

Lines name no party, no address of one and no key: who asked is told by the key's number.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
)
_to_json = json.JSONEncoder(ensure_ascii=False, default=repr).encode


class _Lines(structlog.WriteLogger):
    """Writes lines without the standard library's loggers, which take as long again."""

    def __init__(self, stream: TextIO, name: str) -> None:
        super().__init__(stream)
        self.name = name


def write_logs(level: str, stream: TextIO | None = None) -> None:
    """Log what has at least this level (debug, info, warning, error), and nothing in any other form."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _render],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log the URLs of webhooks, which may hold secrets
    structlog.configure(
        processors=[*_SHARED, _render],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda name="app": _Lines(stream, name),
        cache_logger_on_first_use=True,
    )


def _render(_logger: object, _method: str, event: Any) -> str:
    return _to_json(event)
