"""Compiled lists: what they hold, and that a stored folder is taken whole or not at all."""

from __future__ import annotations

import json
from functools import cache
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from app.index.compiled import CompiledLists, NameFlag, compile_lists, load, save
from app.lists.model import AliasKind, EntityList, Extent, Kind, Listing, Scope, Tie
from app.lists.sources import bundled_sources, load_programmes
from app.text import lexicon as lexicon_module
from app.text.lexicon import compile_lexicon


@pytest.fixture(scope="module")
def lists() -> list[EntityList]:
    return [source.load() for source in bundled_sources()]


@pytest.fixture(scope="module")
def compiled(lists: list[EntityList]) -> CompiledLists:
    return compile_lists(lists, list(load_programmes().values()))


@pytest.fixture
def folder(compiled: CompiledLists, tmp_path: Path) -> Path:
    save(compiled, tmp_path / "edition")
    return tmp_path / "edition"


def test_every_name_leads_to_its_listing(lists: list[EntityList], compiled: CompiledLists) -> None:
    listings = [listing for entity_list in lists for listing in entity_list.listings]
    expected = set()
    for listing in listings:
        if listing.scope in (Scope.REGION, Scope.GOODS) or listing.kind is Kind.REGION:
            continue
        extends = listing.extends_to is not Extent.NONE
        natives = {(n.name, n.weak, n.tie is Tie.MATCHED, True, False) for n in listing.native_names}
        aliases = {
            (a.name, a.weak, False, False, a.kind in (AliasKind.SUBSIDIARY, AliasKind.MEMBER)) for a in listing.aliases
        }
        for spelling in {(listing.name, False, False, False, False)} | aliases | natives:
            expected.add((listing.id, *spelling, extends))
    found = set()
    for number, (listing_number, bits) in enumerate(zip(compiled.name_listing, compiled.name_flags, strict=True)):
        flags = NameFlag(int(bits))
        listing = compiled.listing(int(listing_number))
        assert (NameFlag.PERSON in flags) is (listing.kind is Kind.PERSON)
        kept = (NameFlag.WEAK, NameFlag.UNVERIFIED, NameFlag.NATIVE, NameFlag.SUBSIDIARY, NameFlag.EXTENDS)
        found.add((listing.id, compiled.name(number), *(flag in flags for flag in kept)))
    assert found == expected


def test_a_listing_comes_back_as_it_was(lists: list[EntityList], compiled: CompiledLists) -> None:
    listings = [listing for entity_list in lists for listing in entity_list.listings]
    assert compiled.sizes[0] == len(listings)
    assert [compiled.listing(number).id for number in range(len(listings))] == [listing.id for listing in listings]
    assert compiled.listing(5).aliases == listings[5].aliases
    assert compiled.listing(5).native_names == listings[5].native_names


def test_what_is_stored_is_what_is_loaded(compiled: CompiledLists, folder: Path) -> None:
    again = load(folder)
    assert again is not None
    assert again.sizes == compiled.sizes
    assert [again.name(number) for number in range(50)] == [compiled.name(number) for number in range(50)]
    assert again.name_flags.tolist() == compiled.name_flags.tolist()
    assert list(again.lists) == list(compiled.lists)
    assert [path.name for path in folder.parent.iterdir()] == ["edition"]


def test_storing_over_a_folder_replaces_it(compiled: CompiledLists, folder: Path) -> None:
    (folder / "names_data.npy").write_bytes(b"")
    save(compiled, folder)
    assert load(folder) is not None


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [
        ("manifest.json", b"{", "a manifest cut short"),
        ("manifest.json", b"{}", "a manifest without its keys"),
        ("manifest.json", b"\xff", "a manifest that is no text"),
        ("names_data.npy", b"", "an array cut short"),
        ("codes.npy", None, "an array that is missing"),
        ("lexicon.npy", None, "a lexicon that is missing"),
    ],
    ids=["cut short", "without its keys", "no text", "array cut short", "array missing", "lexicon missing"],
)
def test_a_damaged_folder_is_not_loaded(file: str, content: bytes | None, reason: str, folder: Path) -> None:
    path = folder / file
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    assert load(folder) is None, reason


@pytest.mark.parametrize("file", ["names", "weights", "listings_data", "name_flags", "starts", "lexicon"])
def test_a_flipped_bit_is_found(file: str, folder: Path) -> None:
    path = folder / f"{file}.npy"
    content = bytearray(path.read_bytes())
    content[-(len(content) // 3)] ^= 0x10
    path.write_bytes(content)
    assert load(folder) is None


def test_whoever_maps_a_folder_reads_names_with_its_lexicon_and_no_table(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled = compile_lexicon()
    monkeypatch.setattr(lexicon_module, "_source", [compile_lexicon])
    monkeypatch.setattr(lexicon_module, "lexicon", cache(lexicon_module.lexicon.__wrapped__))
    assert load(folder) is not None
    monkeypatch.setattr(lexicon_module, "read_table", lambda name: pytest.fail(f"{name} was read"))
    assert lexicon_module.lexicon() == compiled


def _save_often(folder: Path, barrier: Barrier, failures: SimpleQueue[str]) -> None:
    entity_list = EntityList("own", "own", "", "custom", "", "", "", None, 1, (Listing("1", "own", "Foo Ltd."),), "00")
    compiled = compile_lists([entity_list], [])
    barrier.wait()
    for attempt in range(20):
        save(compiled, folder)
        again = load(folder)
        if again is None or again.name(0) != "Foo Ltd.":
            failures.put(f"attempt {attempt}: {again}")


def test_processes_that_save_at_once_leave_one_whole_folder(tmp_path: Path) -> None:
    context = get_context("spawn")
    barrier, failures = context.Barrier(3), context.SimpleQueue()
    crew = [context.Process(target=_save_often, args=(tmp_path / "edition", barrier, failures)) for _ in range(3)]
    for process in crew:
        process.start()
    for process in crew:
        process.join()
    assert [process.exitcode for process in crew] == [0, 0, 0]
    assert failures.empty(), failures.get()
    assert load(tmp_path / "edition") is not None
    assert [path.name for path in tmp_path.iterdir()] == ["edition"]


def test_a_folder_of_another_format_is_not_loaded(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 0}), encoding="utf-8")
    assert load(folder) is None


def test_no_folder_is_no_error(tmp_path: Path) -> None:
    assert load(tmp_path / "nowhere") is None
