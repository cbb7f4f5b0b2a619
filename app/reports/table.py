"""Records for a person: what was found, which part of the name matched what, and what it means where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from app.reports.printable import printable
from app.reports.words import JURISDICTIONS, KINDS, MEANING, RELATIONS
from app.reports.writer import Record

_OUTCOMES = {
    "block": "bold white on red",
    "review": "bold black on yellow",
    "incomplete": "bold white on magenta",
    "clear": "bold green",
}
_STYLES = {
    "same": "green",
    "variant": "green",
    "different": "red",
    "missing": "yellow",
    "extra": "yellow",
    "ignored": "dim",
}
# jurisdiction -> (effect, citation) -> the lists that have it, in order
_Meaning = dict[str, dict[tuple[str, str], dict[str, None]]]


class TableWriter:
    def __init__(self, stream: TextIO, titles: Mapping[str, str]) -> None:
        self._titles = titles
        self._meaning: _Meaning = {}
        self._stream = stream
        self._console = Console(file=stream, highlight=False, soft_wrap=False, emoji=False, markup=False)

    def write(self, record: Record) -> None:
        self._print(*self._lines(record))

    def finish(self) -> None:
        """What the hits mean, once for all of them; the counts go to stderr, with those of all formats."""
        if self._meaning:
            self._print(Text("What these hits mean", "bold underline"), _effects(self._meaning, self._titles))

    def _print(self, *parts: RenderableType) -> None:
        """Without the spaces that rich puts behind every line."""
        with self._console.capture() as capture:
            self._console.print(*parts, sep="\n")
        self._stream.writelines(f"{line.rstrip(' ')}\n" for line in capture.get().splitlines())

    def _lines(self, record: Record) -> Iterator[RenderableType]:
        yield self._head(record)
        explained: set[tuple[str, str]] = set()
        for hit in record["hits"]:
            explanation = hit["explanation"]
            yield Text()
            yield _indented(self._hit(hit), 2)
            names = (explanation.get("query", ""), explanation.get("listed", ""))
            if names not in explained:  # the same entry on three lists is explained once
                explained.add(names)
                yield _indented(Text(printable(explanation.get("summary", ""))), 4)
                if tokens := explanation.get("tokens"):  # an identifier compares no names
                    yield _indented(_alignment(tokens), 4)
            for effect in explanation.get("effect", ()):
                _remember(self._meaning, effect, hit["list_id"])
        for signal in record["signals"]:
            yield _indented(Text(printable(str(signal.get("summary", signal)))), 2)
        yield Text()

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
        head.append(f"\n  {MEANING[outcome]}{problem}")
        return head

    def _hit(self, hit: Mapping[str, Any]) -> Text:
        text = Text().append(printable(hit["name"]), "bold")
        text.append(
            f"  {hit['strength']} match, score {hit['score']:.2f}", "" if hit["strength"] == "strong" else "dim"
        )
        since = f", listed {hit['listed_on']}" if hit["listed_on"] else ""
        text.append(f"\n{self._titles.get(hit['list_id'], hit['list_id'])} · {hit['listing_id']}{since}", "cyan")
        return text


def _indented(part: RenderableType, columns: int) -> Padding:
    return Padding(part, (0, 0, 0, columns), expand=False)


def _alignment(tokens: Sequence[Mapping[str, Any]]) -> Table:
    """The two names, part by part."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for header in ("declared", "listed", "", "what it is"):
        table.add_column(header, overflow="fold")
    for token in tokens:
        relation = token["relation"]
        word, style = RELATIONS.get(relation, relation), _STYLES.get(relation, "")
        kind = KINDS.get(token["kind"], token["kind"])
        what = printable(token.get("gloss") or kind)
        declared, listed = (Text(printable(token[side] or "–"), style) for side in ("query", "listed"))
        table.add_row(
            declared,
            listed,
            Text(word.upper() if relation == "different" else word, style),
            Text(what, "dim" if relation == "ignored" else ""),
        )
    return table


def _remember(meaning: _Meaning, effect: Mapping[str, Any], list_id: str) -> None:
    since = f", since {effect['applies_from']}" if effect.get("applies_from") else ""
    lists = meaning.setdefault(effect["jurisdiction"], {})
    lists.setdefault((effect["effect"], f"{effect['citation']}{since}"), {})[list_id] = None


def _effects(meaning: _Meaning, titles: Mapping[str, str]) -> Table:
    """Each effect once by jurisdiction, with the lists that have it where not all do."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(overflow="fold", style="bold")
    table.add_column(overflow="fold")
    for jurisdiction, effects in meaning.items():
        shown = JURISDICTIONS.get(jurisdiction, jurisdiction)
        for (effect, citation), lists in effects.items():
            whose = f"{'; '.join(titles.get(item, item) for item in lists)}: " if len(effects) > 1 else ""
            text = Text().append(whose, "cyan").append(printable(effect))
            text.append(f" [{printable(citation)}]", "dim")
            table.add_row(shown, text)
            shown = ""
    return table
