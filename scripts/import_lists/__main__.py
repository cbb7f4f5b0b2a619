"""Writes entity_lists/ from a folder of collected facts: `python scripts/import_lists FOLDER [--out entity_lists]`.

The folder holds uflpa.jsonl, wro.jsonl, sanctions_and_bis.jsonl, native_names.jsonl, research_entities.jsonl and
xpcc_affiliates_ashare.csv. This is how the lists came to be; since then the YAML files are the reviewed truth, so run
it into a scratch folder and carry over what a person has looked at (`--out`, then `diff -r`).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import headers
import research
import sanctions
import uflpa
import wro
import xpcc
import yaml
from natives import NativeNames

from app.lists.model import Listing
from app.lists.plain import listing_to_plain


class _Dumper(yaml.SafeDumper):
    """Every value is a string to the reader, so nothing needs quotes to stay one."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, default=Path("entity_lists"))
    arguments = parser.parse_args()
    folder: Path = arguments.folder
    natives = NativeNames(_rows(folder / "native_names.jsonl"))
    listings = [
        *uflpa.listings(_rows(folder / "uflpa.jsonl"), natives),
        *wro.listings(_rows(folder / "wro.jsonl"), natives),
        *sanctions.listings(_rows(folder / "sanctions_and_bis.jsonl"), natives),
        *xpcc.listings(_rows(folder / "sanctions_and_bis.jsonl"), folder / "xpcc_affiliates_ashare.csv"),
        *research.listings(_rows(folder / "research_entities.jsonl"), natives),
    ]
    for list_id, header in headers.HEADERS.items():
        own = sorted((one for one in listings if one.list_id == list_id), key=lambda one: one.id)
        _write(arguments.out / list_id / "list.yml", {"id": list_id, **header, "expected": str(len(own))})
        _write(arguments.out / list_id / "listings.yml", [_record(one) for one in own])
        print(f"{list_id}: {len(own)}")


def _record(listing: Listing) -> dict[str, Any]:
    plain = {"kind": listing.kind.value, **listing_to_plain(listing)}
    del plain["list_id"]
    first = {key: plain.pop(key) for key in ("id", "name", "kind")}
    return {**first, **plain}


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _write(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.dump(_plain(content), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=116)
    if isinstance(content, list):
        text = text.replace("\n- id:", "\n\n- id:")
    path.write_text(text, "utf-8")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


if __name__ == "__main__":
    main()
