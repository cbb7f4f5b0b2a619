"""The strict loader: whatever it does not understand stops it, with file and line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.errors import ListError
from app.lists.load import load_list, load_programmes
from app.lists.model import Alias, AliasKind, Kind

LIST = """\
id: test-list
title: A list
authority: Somebody
programme: uflpa
legal_effect: Nothing.
source: https://example.org/
licence: free
as_of: 2026-08-11
expected: 1
"""
LISTINGS = """\
- id: test-list/acme
  name: No
  kind: company
  aliases:
    - name: "002"
      kind: fka
      weak: true
  listed_on: 2022-06-21
  citation: 87 FR 47777
  sources:
    - https://example.org/
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "test-list"
    path.mkdir()
    (path / "list.yml").write_text(LIST)
    (path / "listings.yml").write_text(LISTINGS)
    return path


def refusal(folder: Path) -> str:
    with pytest.raises(ListError) as caught:
        load_list(folder, "0" * 64)
    return str(caught.value).removeprefix(f"{folder}/")


def test_every_value_is_read_as_the_string_it_is(folder: Path) -> None:
    entity_list = load_list(folder, "ab" * 32)
    (listing,) = entity_list.listings
    assert (listing.name, listing.kind, listing.line, listing.list_id) == ("No", Kind.COMPANY, 1, "test-list")
    assert listing.aliases == (Alias("002", AliasKind.FKA, weak=True),)
    assert listing.listed_on == date(2022, 6, 21)
    assert (entity_list.expected, entity_list.edition) == (1, "2026-08-11+abababababab")


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        pytest.param(
            "  kind: company\n", "  colour: red\n  kind: company\n", "line 3: colour: unknown key", id="unknown"
        ),
        pytest.param("  citation: 87 FR 47777\n", "", "line 1: the key 'citation' is missing", id="missing"),
        pytest.param("  name: No\n", "  name: No\n  name: Yes\n", "line 3: the key 'name' is there twice", id="twice"),
        pytest.param("weak: true", "weak: yes", "line 7: weak: this must be true or false", id="yes-is-no-bool"),
        pytest.param("kind: fka", "kind: old", "line 6: kind: 'old' is none of aka", id="unknown-word"),
        pytest.param("2022-06-21", "21/06/2022", "line 8: listed_on: this must be a date", id="date"),
        pytest.param("    - https://example.org/\n", "    a: b\n", "line 10: sources: this must be a list", id="type"),
        pytest.param("  kind: company\n", "  line: 5\n  kind: company\n", "line 3: line: unknown key", id="own-line"),
        pytest.param("  kind: company\n", "  kind: [company\n", "this is not YAML", id="broken-yaml"),
        pytest.param("name: No", "name: N\x07o", "this is not YAML", id="control-character"),
        pytest.param("  kind: company\n", "  ? [a]\n  : b\n", "line 3: a key must be a word", id="list-as-key"),
        pytest.param(LISTINGS, "", "listings.yml: the file is empty", id="empty-file"),
        pytest.param(LISTINGS, "a: b\n", "line 1: this must be a list of entries", id="mapping-for-list"),
        pytest.param(LISTINGS, "- a\n", "line 1: this must be an entry", id="word-for-entry"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_line(folder: Path, old: str, new: str, refused: str) -> None:
    assert old in LISTINGS
    (folder / "listings.yml").write_text(LISTINGS.replace(old, new))
    assert refused in refusal(folder)


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        pytest.param("expected: 1", "expected: many", "list.yml, line 9: expected: this must be a whole", id="number"),
        pytest.param("licence: free\n", "", "list.yml, line 1: the key 'licence' is missing", id="missing"),
        pytest.param("licence: free", "licence: free\nsha256: 00", "line 8: sha256: unknown key", id="unknown"),
        pytest.param("id: test-list", "id: other", "line 1: id: the list calls itself 'other'", id="folder-name"),
    ],
)
def test_list_yml_is_read_as_strictly(folder: Path, old: str, new: str, refused: str) -> None:
    (folder / "list.yml").write_text(LIST.replace(old, new))
    assert refused in refusal(folder)


def test_bytes_that_are_not_utf8_are_refused_with_their_line(folder: Path) -> None:
    (folder / "listings.yml").write_bytes(LISTINGS.encode().replace(b"name: No", b"name: \xff"))
    assert "line 2: this is not UTF-8" in refusal(folder)


def test_a_list_without_listings_file_is_refused(folder: Path) -> None:
    (folder / "listings.yml").unlink()
    assert "there is no such file" in refusal(folder)


def test_a_programme_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "programmes.yml"
    path.write_text("- id: a\n  title: A\n  bans: true\n  effects: []\n" * 2)
    with pytest.raises(ListError, match="line 5: id: the programme 'a' is there twice"):
        load_programmes(path)
