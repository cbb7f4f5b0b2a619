"""Records for a person: what was found, which part of the name matched what, and what it means where."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.reports.writer import Record

_OUTCOMES = {
    "block": "bold white on red",
    "review": "bold black on yellow",
    "incomplete": "bold white on magenta",
    "clear": "bold green",
}
_MEANING = {
    "block": "the ban that Importgate stands for applies",
    "review": "a person must look at this",
    "incomplete": "could not be screened",
    "clear": "nothing found",
}
_RELATIONS = {
    "same": ("matches", "green"),
    "variant": ("variant", "green"),
    "different": ("DIFFERS", "red"),
    "missing": ("only listed", "yellow"),
    "extra": ("only declared", "yellow"),
    "ignored": ("not counted", "dim"),
}
_KINDS = {"industry": "trade word", "org": "kind of body", "legal_form": "legal form", "ordinal": "number"}
_JURISDICTIONS = {
    "US": "United States",
    "EU": "European Union",
    "CA": "Canada",
    "BE": "Belgium",
    "GB": "United Kingdom",
    "UK": "United Kingdom",
}


class TableWriter:
    def __init__(self, stream: TextIO, titles: Mapping[str, str]) -> None:
        self._titles = titles
        self._console = Console(file=stream, highlight=False, soft_wrap=False, emoji=False, markup=False)

    def write(self, record: Record) -> None:
        self._console.print(self._head(record))
        shown: set[tuple[str, str]] = set()
        for hit in record["hits"]:
            self._console.print(Padding(self._hit(hit), (1, 0, 0, 2), expand=False))
            explanation = hit["explanation"]
            names = (explanation.get("query", ""), explanation.get("listed", ""))
            if names not in shown:  # the same entry on three lists is explained once
                shown.add(names)
                self._explain(explanation)
        if record["hits"]:
            self._console.print(Padding(_effects(record["hits"], self._titles), (1, 0, 0, 2), expand=False))
        for signal in record["signals"]:
            self._console.print(
                Padding(Text(printable(str(signal.get("summary", signal)))), (0, 0, 0, 2), expand=False)
            )
        self._console.print()

    def finish(self) -> None:
        """The numbers below the table go to stderr, with those of all formats."""

    def _head(self, record: Record) -> Text:
        party, outcome = record["party"], record["outcome"]
        head = Text()
        head.append(f" {outcome.upper()} ", _OUTCOMES[outcome])
        head.append("  ")
        head.append(printable(party["name"]) or "(no name)", "bold")
        where = [f"row {record['row']}, line {record['line']}"] if record["row"] is not None else []
        where += [record["role"].replace("_", " ")] if record["role"] != "party" else []
        where += [printable(text) for text in (party["address"], party["country"]) if text]
        if where:
            head.append(f"\n  {' · '.join(where)}", "dim")
        problem = f": {printable(record['problem'])}" if record["problem"] else ""
        head.append(f"\n  {_MEANING[outcome]}{problem}")
        return head

    def _hit(self, hit: Mapping[str, Any]) -> Text:
        text = Text(printable(hit["name"]), "bold")
        text.append(
            f"  {hit['strength']} match, score {hit['score']:.2f}", "" if hit["strength"] == "strong" else "dim"
        )
        since = f", listed {hit['listed_on']}" if hit["listed_on"] else ""
        text.append(f"\n{self._titles.get(hit['list_id'], hit['list_id'])} · {hit['listing_id']}{since}", "cyan")
        return text

    def _explain(self, explanation: Mapping[str, Any]) -> None:
        self._console.print(Padding(Text(printable(explanation.get("summary", ""))), (0, 0, 0, 4), expand=False))
        tokens = explanation.get("tokens", ())
        if tokens:
            self._console.print(Padding(_alignment(tokens), (0, 0, 0, 4), expand=False))


def _alignment(tokens: Sequence[Mapping[str, Any]]) -> Table:
    """The two names, part by part."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for header in ("declared", "listed", "", "what it is"):
        table.add_column(header, overflow="fold")
    for token in tokens:
        word, style = _RELATIONS.get(token["relation"], (token["relation"], ""))
        kind = _KINDS.get(token["kind"], token["kind"])
        what = printable(token.get("gloss") or kind)
        declared, listed = (Text(printable(token[side] or "–"), style) for side in ("query", "listed"))
        table.add_row(declared, listed, Text(word, style), Text(what, "dim" if token["relation"] == "ignored" else ""))
    return table


def _effects(hits: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> Table:
    """What the hits mean in each jurisdiction, each effect once. Which lists have it is said where not all do."""
    by_jurisdiction: dict[str, dict[tuple[str, str], list[str]]] = {}
    for hit in hits:
        for effect in hit["explanation"].get("effect", ()):
            since = f", since {effect['applies_from']}" if effect.get("applies_from") else ""
            lists = by_jurisdiction.setdefault(effect["jurisdiction"], {})
            lists.setdefault((effect["effect"], f"{effect['citation']}{since}"), []).append(hit["list_id"])
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(overflow="fold", style="bold")
    table.add_column(overflow="fold")
    for jurisdiction, effects in by_jurisdiction.items():
        for (effect, citation), list_ids in effects.items():
            text = Text(printable(effect))
            text.append(f" [{printable(citation)}]", "dim")
            if len(effects) > 1:
                text.append(f" ({'; '.join(titles.get(item, item) for item in dict.fromkeys(list_ids))})", "cyan")
            table.add_row(_JURISDICTIONS.get(jurisdiction, jurisdiction), text)
            jurisdiction = ""  # said once
    return table


def printable(text: str) -> str:
    """Text that cannot steer a terminal: control and direction characters become visible signs."""
    return "".join(_shown(text)) if not text.isprintable() else text


def _shown(text: str) -> Iterator[str]:
    for char in text:
        if char in "\n\t":
            yield " "
        elif unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
            yield "\ufffd"
        else:
            yield char
