"""Records as one HTML page that needs nothing else and runs nothing: an article a party, written as it is screened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from app.reports import page
from app.reports.page import alignment, table, text
from app.reports.writer import Record

_TITLE = "Importgate screening"


class HtmlWriter:
    def __init__(self, stream: TextIO, titles: Mapping[str, str]) -> None:
        self._stream = stream
        self._titles = titles
        self._outcomes: Counter[str] = Counter()
        self._editions: Mapping[str, str] = {}
        stream.write(f"{page.head(_TITLE)}<h1>{_TITLE}</h1>\n")

    def write(self, record: Record) -> None:
        self._outcomes[record["outcome"]] += 1
        self._editions = record["editions"]
        party = record["party"]
        head = f"{record['outcome'].upper()} · {text(party['name']) or '(no name)'}"
        where = [f"row {record['row']}, line {record['line']}"] if record["row"] is not None else []
        where += [part for part in (party["address"], party["country"]) if part]
        self._stream.write(
            f'<article class="{record["outcome"]}"><h3>{head} <small>{text(record["role"].replace("_", " "))}</small>'
            f'</h3><p class="quiet">{text(" · ".join(where))}</p>{table(self._rows(record))}</article>\n'
        )

    def finish(self) -> None:
        """What is in the report, and the lists that were screened against."""
        counts = ", ".join(f"{number:,} {outcome}" for outcome, number in self._outcomes.items())
        lists = [(self._titles.get(item, item), text(edition)) for item, edition in self._editions.items()]
        self._stream.write(f"<p>In this report: {counts or 'nothing'}.</p>")
        self._stream.write(f"<h2>Lists</h2>{table(lists)}" if lists else "")
        self._stream.write("</body></html>\n")

    def _rows(self, record: Record) -> Iterator[tuple[str, str]]:
        """What is said of a party: each heading with its mark-up."""
        yield "incomplete", text(record["problem"])
        for hit in record["hits"]:
            yield "matches", self._hit(hit)
        effects = (effect for hit in record["hits"] for effect in hit["explanation"].get("effect", ()))
        yield "means", "<br>".join(dict.fromkeys(text(_effect(effect)) for effect in effects))
        for signal in record["signals"]:
            yield f"{signal['kind'].replace('_', ' ')}, {signal['strength']}", page.signal(signal)

    def _hit(self, hit: Mapping[str, Any]) -> str:
        explanation = hit["explanation"]
        since = f", listed {hit['listed_on']}" if hit["listed_on"] else ""
        return (
            f"{text(hit['name'])} – {hit['strength']} match, score {hit['score']:.2f}<br>"
            f"{text(self._titles.get(hit['list_id'], hit['list_id']))} · <code>{text(hit['listing_id'])}</code>{since}"
            f"<br>{text(explanation.get('summary', ''))}{alignment(explanation.get('tokens', ()))}"
        )


def _effect(effect: Mapping[str, Any]) -> str:
    since = f", since {effect['applies_from']}" if effect.get("applies_from") else ""
    return f"{effect['jurisdiction']}: {effect['effect']} [{effect['citation']}{since}]"
