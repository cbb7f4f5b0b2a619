"""Makes the style sheet of the pages from Pico as it was published: what they have none of is left out.

Half of Pico is for elements that no page has, and properties that nothing uses then. A test makes the sheet again and
compares, and looks for the elements in the templates. Run it after a change to what is named here, to the
pages' own sheet, or to Pico.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PUBLISHED = ROOT / "scripts" / "vendor" / "pico.classless.min.css"
TRIMMED = ROOT / "app" / "web" / "static" / "vendor" / "pico.trimmed.css"
OWN = ROOT / "app" / "web" / "static" / "importgate.css"

ELEMENTS = (
    *("abbr", "aside", "audio", "blockquote", "canvas", "del", "figcaption", "figure", "h4", "h5", "h6", "hgroup"),
    *("hr", "iframe", "ins", "pre", "samp", "sub", "sup", "tfoot", "video"),
)
TYPES = ("color", "datetime-local", "month", "range", "reset", "time", "week")
ROLES = ("group", "search", "switch")
OTHERS = (
    *("[dir=rtl]", "[data-theme=dark]", "[data-theme=light]", "[data-tooltip]", "[aria-busy=true]", "table.striped"),
    *("[aria-label=breadcrumb]", "[aria-invalid=false]", "[multiple]", "[role=button]", "article>footer", "::-ms-"),
)
_WITH = (*(f"[type={kind}]" for kind in TYPES), *(f"[role={role}]" for role in ROLES), *OTHERS)
_UNUSED = re.compile(rf"(?<![\w-])(?:{'|'.join(ELEMENTS)})(?![\w-])|{'|'.join(map(re.escape, _WITH))}")
_GROUP = re.compile(r":(not|is|where|has)\(")
_PROPERTY = re.compile(r"(?<=[{;])(--[\w-]+):((?:[^;{}\"']|\"[^\"]*\"|'[^']*')*)(?:;|(?=\}))")


def main() -> None:
    TRIMMED.write_text(trim(PUBLISHED.read_text("utf-8"), OWN.read_text("utf-8")), "utf-8")
    print(f"{PUBLISHED.stat().st_size:,} bytes as published, {TRIMMED.stat().st_size:,} in {TRIMMED.relative_to(ROOT)}")


def trim(published: str, own: str) -> str:
    """The published sheet without rules for what no page has, and without properties that neither sheet then uses."""
    licence, sheet = re.split(r"(?<=\*/)", published, maxsplit=1)
    sheet = "".join(_kept(sheet))
    while (fewer := _without_unused_properties(sheet, own)) != sheet:
        sheet = fewer
    sheet = re.sub(r"[^{}]*\{\}", "", sheet)
    return f"{licence.replace(' */', ' * What the pages of Importgate do not use is left out.')}\n */{sheet}\n"


def _without_unused_properties(sheet: str, own: str) -> str:
    used = set(re.findall(r"var\((--[\w-]+)", sheet + own))
    return _PROPERTY.sub(lambda found: found[0] if found[1] in used else "", sheet)


def _kept(sheet: str) -> Iterator[str]:
    for head, body in _rules(sheet):
        if head.startswith(("@media", "@supports")):
            inner = "".join(_kept(body))
            if inner:
                yield f"{head}{{{inner}}}"
        elif head.startswith("@"):
            if not head.startswith(("@keyframes tooltip", "@-moz-document")):
                yield f"{head}{{{body}}}" if body else head
        elif selectors := [item for item in _parts(head) if not _UNUSED.search(_demanded(item))]:
            yield f"{','.join(selectors)}{{{body}}}"


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """Each rule of a sheet as what stands before its braces and inside them; inside a text, braces are none."""
    start, depth, opened = 0, 0, 0
    for found in re.finditer(r"\"[^\"]*\"|'[^']*'|[{};]", sheet):
        if found[0] == "{":
            depth += 1
            opened = opened if depth > 1 else found.start()
        elif found[0] == "}":
            depth -= 1
            if not depth:
                yield sheet[start:opened], sheet[opened + 1 : found.start()]
                start = found.end()
        elif found[0] == ";" and not depth:
            yield sheet[start : found.end()], ""
            start = found.end()


def _parts(head: str) -> Iterator[str]:
    """The selectors of a rule, parted at the commas that stand in no brackets."""
    start = depth = 0
    for at, char in enumerate(head):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if char == "," and not depth:
            yield head[start:at]
            start = at + 1
    yield head[start:]


def _demanded(selector: str) -> str:
    """The selector without what it excludes or offers a choice of."""
    while found := _GROUP.search(selector):
        end, depth = found.end(), 1
        while depth:
            depth += {"(": 1, ")": -1}.get(selector[end], 0)
            end += 1
        inside = selector[found.end() : end - 1]
        demanded = inside if found[1] != "not" and len(list(_parts(inside))) == 1 else ""
        selector = f"{selector[: found.start()]}{demanded}{selector[end:]}"
    return selector


if __name__ == "__main__":
    main()
