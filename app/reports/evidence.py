"""The evidence of a screening as one HTML page to print: it needs nothing else and runs nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup

from app.reports.printable import printable

_STYLE = """
:root { color-scheme: light dark; --line: #8886; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { margin: 0 0 .5rem; font-size: 1rem; }
article { border: 1px solid var(--line); padding: .75rem 1rem; margin: 1rem 0; }
table { border-collapse: collapse; margin: .5rem 0; }
th, td { text-align: left; padding: .15rem .75rem .15rem 0; vertical-align: top; overflow-wrap: anywhere; }
th { font-weight: 600; } code, pre { font-size: .85em; overflow-wrap: anywhere; } pre { white-space: pre-wrap; }
small { font-weight: normal; opacity: .8; }
@media print {
  :root { color-scheme: light; } body { font-size: 10pt; max-width: none; margin: 0; padding: 0; }
  article, tr { break-inside: avoid; } h2, h3 { break-after: avoid; }
}
"""
_STYLE_HASH = base64.b64encode(sha256(_STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"


def render(evidence: Mapping[str, Any]) -> str:
    """`evidence` is what `GET /v1/screenings/{id}/evidence` answers in JSON."""
    return _template().render(e=evidence, policy=POLICY, style=Markup(_STYLE))


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        finalize=lambda value: value if isinstance(value, Markup) else _shown(value),
    )
    environment.filters["words"] = lambda text: str(text).replace("_", " ")
    environment.filters["tojson_text"] = lambda value: json.dumps(value, ensure_ascii=False, indent=2)
    return environment.get_template("evidence.html")


def _shown(value: Any) -> Any:
    """Line by line: nothing in a text may steer the page or the terminal that it is copied to."""
    return "\n".join(printable(line) for line in value.split("\n")) if isinstance(value, str) else value
