"""Where lists come from, and that an edition names their content."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import ListError, UnknownListError, UsageError
from app.lists import layout
from app.lists.sources import ListSource, bundled_sources, load_programmes, programmes_sha256, resolve_sources


@pytest.fixture
def watch(tmp_path: Path) -> Path:
    path = tmp_path / "watch.csv"
    path.write_text("id,name\n1,Alpha\n")
    return path


def test_bundled_lists_are_sorted_and_lie_in_folders_of_their_name() -> None:
    found = bundled_sources()
    assert [source.id for source in found] == sorted(source.path.name for source in found)
    assert not any(source.custom for source in found)


def test_a_custom_file_and_a_bundled_id_are_resolved_together_in_order_of_their_ids(watch: Path) -> None:
    resolved = resolve_sources([str(watch), "us-uflpa", "us-uflpa"])
    assert [(source.id, source.custom) for source in resolved] == [("us-uflpa", False), ("watch", True)]
    assert [one.name for one in resolved[1].load().listings] == ["Alpha"]


@pytest.mark.parametrize(
    ("item", "told"),
    [
        pytest.param("us-ulfpa", "did you mean 'us-uflpa'?", id="letters-swapped"),
        pytest.param("nowhere.csv", "known lists: ca-sema-china, eu-global", id="missing-file"),
    ],
)
def test_an_unknown_list_names_the_known_ones(item: str, told: str) -> None:
    with pytest.raises(UnknownListError) as caught:
        resolve_sources([item])
    assert told in str(caught.value)
    assert repr(item) in str(caught.value)


@pytest.mark.parametrize("first", ["us-uflpa.csv", "sub/watch.csv"], ids=["bundled-id", "two-files-of-one-stem"])
def test_two_lists_never_share_an_id(tmp_path: Path, watch: Path, first: str) -> None:
    other = tmp_path / first
    other.parent.mkdir(exist_ok=True)
    other.write_text("id,name\n1,Beta\n")
    with pytest.raises(UsageError, match="id"):
        resolve_sources([str(other), str(watch)])


def test_the_sha256_follows_the_bytes_and_not_the_path(tmp_path: Path, watch: Path) -> None:
    copy = tmp_path / "copy.csv"
    copy.write_bytes(watch.read_bytes())
    before = ListSource("watch", watch, custom=True).sha256()
    assert ListSource("copy", copy, custom=True).sha256() == before
    watch.write_text("id,name\n1,Beta\n")
    assert ListSource("watch", watch, custom=True).sha256() != before


def test_a_list_carries_the_sha256_of_its_source() -> None:
    source = bundled_sources()[0]
    assert source.load().sha256 == source.sha256()


def test_a_file_that_went_away_is_a_list_error(tmp_path: Path) -> None:
    with pytest.raises(ListError, match="cannot be read"):
        ListSource("gone", tmp_path / "gone.csv", custom=True).sha256()


def test_an_installed_wheel_reads_the_lists_it_brought_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundled = tmp_path / "app" / "lists" / "bundled"
    bundled.mkdir(parents=True)
    (bundled / "programmes.yml").write_text("- id: only\n  title: Only\n  bans: true\n  effects: []\n")
    monkeypatch.setattr(layout, "__file__", str(bundled.parent / "layout.py"))
    assert list(load_programmes()) == ["only"]
    assert bundled_sources() == []


def test_the_custom_programme_bans_nothing() -> None:
    assert load_programmes()["custom"].bans is False
    assert len(programmes_sha256()) == 64
