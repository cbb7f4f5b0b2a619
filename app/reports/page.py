"""What the HTML reports share: one page that needs nothing else, runs nothing, and escapes all that files bring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from app.reports.chain_drawing import draw_chain
from app.reports.printable import printable

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --block: #b3261e; --review: #8a5a00; --quiet: #666; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
article { border: 1px solid var(--line); border-left: .4rem solid var(--quiet); padding: .75rem 1rem; margin: 1rem 0; }
article.block { border-left-color: var(--block); } article.review { border-left-color: var(--review); }
h3 { margin: 0; font-size: 1.05rem; overflow-wrap: anywhere; } h3 small { font-weight: normal; }
table { border-collapse: collapse; margin: .5rem 0; }
th, td { text-align: left; padding: .15rem .75rem .15rem 0; vertical-align: top; overflow-wrap: break-word; }
th { font-weight: 600; } code { font-size: .9em; overflow-wrap: anywhere; }
.facts > tbody > tr > th { width: 6rem; }
table.alignment { table-layout: fixed; width: 100%; max-width: 40rem; font-size: .9em; }
table.alignment th, table.alignment td { padding-right: .5rem; }
.quiet { color: var(--quiet); } svg.chain { display: block; max-width: 100%; height: auto; margin: .5rem 0; }
@media (max-width: 40rem) {
  .facts, .facts > tbody, .facts > tbody > tr, .facts > tbody > tr > th, .facts > tbody > tr > td { display: block; }
  .facts > tbody > tr > td { padding: 0 0 .5rem; overflow-wrap: anywhere; }
}
@media (prefers-color-scheme: dark) { :root { --block: #e4685f; --review: #d39b2f; --quiet: #aaa; } }
@media print { article { break-inside: avoid; } }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def head(title: str) -> str:
    """The page up to where its content begins. `body` and `html` may stay open: HTML closes them by itself."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{text(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><style>{_STYLE}</style></head>\n<body>'
    )


def text(raw: str) -> str:
    return escape(printable(raw))


def table(rows: Iterable[tuple[str, str]]) -> str:
    """`rows` are (text, markup); those without markup are left out."""
    lines = (f"<tr><th>{text(head)}</th><td>{body}</td></tr>" for head, body in rows if body)
    return f'<table class="facts"><tbody>{"".join(lines)}</tbody></table>'


def items(title: str, texts: Sequence[str]) -> str:
    return f"<h2>{title}</h2><ul>{''.join(f'<li>{text(item)}</li>' for item in texts)}</ul>" if texts else ""


def alignment(tokens: Sequence[Mapping[str, Any]]) -> str:
    """The two names, part by part."""
    if not tokens:
        return ""
    cells = "".join(
        f"<tr><td>{text(token['query'] or '–')}</td><td>{text(token['listed'] or '–')}</td>"
        f"<td>{text(token['relation'])}</td><td>{text(token.get('gloss') or token['kind'].replace('_', ' '))}</td></tr>"
        for token in tokens
    )
    headers = "<tr><th>declared</th><th>listed</th><th></th><th>what it is</th></tr>"
    return f'<table class="alignment">{headers}{cells}</table>'


def signal(found: Mapping[str, Any]) -> str:
    """What a signal says, its source, and the way of a supply chain as a drawing."""
    source = f'<br><span class="quiet">{text(found["source"])}</span>'
    return f"{text(found['summary'])}{source}{draw_chain(found['path'])}"
