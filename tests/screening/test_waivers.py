"""Waivers as a file: what it must say, what is refused, and how one is added without touching the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import UsageError
from app.lists.model import Alias, Listing
from app.screening.fingerprint import fingerprint, listing_digest, party_identity, qualified_id
from app.screening.waivers import Waiver, WaiverState, load_waivers, state_of, write_waiver

WAIVER = Waiver("Foo Ltd.", "us-uflpa/foo", "not the same firm", "J. Doe", date(2027, 1, 31), "0123456789ab")
ENTRY = "- party: Foo\n  listing_id: a/foo\n  reason: r\n  approved_by: me\n  expires_on: 2027-01-31\n"


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "w.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_waiver_is_read_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, f"# ours\n\n{ENTRY}")
    assert load_waivers(path) == (Waiver("Foo", "a/foo", "r", "me", date(2027, 1, 31), line=3),)
    assert load_waivers(write(tmp_path, "# none yet\n")) == ()
    assert load_waivers(write(tmp_path, "")) == ()


@pytest.mark.parametrize("key", ["party", "listing_id", "reason", "approved_by", "expires_on"])
def test_every_key_is_required_and_must_say_something(tmp_path: Path, key: str) -> None:
    kept = [line for line in ENTRY.splitlines() if f" {key}: " not in f" {line.removeprefix('- ')}"]
    without = "\n".join(["- " + kept[0].removeprefix("- ").strip(), *kept[1:]])
    with pytest.raises(UsageError, match=f"line 1: the key '{key}' is missing"):
        load_waivers(write(tmp_path, without))
    empty = "\n".join(line.split(":")[0] + ": ' '" if f"{key}:" in line else line for line in ENTRY.splitlines())
    with pytest.raises(UsageError, match=rf"line \d: {key}: this is empty"):
        load_waivers(write(tmp_path, empty))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            ENTRY + "  resaon: x\n", "line 6: resaon: unknown key 'resaon' (did you mean 'reason'?)", id="key"
        ),
        pytest.param(ENTRY + "  line: 3\n", "line 6: line: unknown key 'line'", id="not-ours-to-say"),
        pytest.param(ENTRY.replace("2027-01-31", "31.1.2027"), "line 5: expires_on: this must be a date", id="date"),
        pytest.param(ENTRY.replace("2027-01-31", "never"), "line 5: expires_on: this must be a date", id="never"),
        pytest.param(ENTRY + ENTRY.replace("Foo", "FOO LTD"), "line 6: the same party and listing", id="twice"),
        pytest.param("waivers:\n  - party: x\n", "this must be a list of entries", id="not-a-list"),
        pytest.param("- foo\n", "line 1: this must be an entry", id="not-an-entry"),
        pytest.param("- party: [\n", "this is not YAML", id="not-yaml"),
        pytest.param(ENTRY + "  reason: again\n", "line 6: the key 'reason' is there twice", id="key-twice"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_waivers(write(tmp_path, text))
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path))


@pytest.mark.parametrize(
    ("day", "digest", "state"),
    [
        pytest.param("2027-01-31", "0123456789ab", WaiverState.APPLIED, id="on-its-last-day"),
        pytest.param("2027-02-01", "0123456789ab", WaiverState.EXPIRED, id="a-day-later"),
        pytest.param("2027-01-31", "ba9876543210", WaiverState.CHANGED, id="the-listing-changed"),
        pytest.param("2027-02-01", "ba9876543210", WaiverState.EXPIRED, id="both"),
    ],
)
def test_what_a_waiver_is_worth(day: str, digest: str, state: WaiverState) -> None:
    assert state_of(WAIVER, digest, date.fromisoformat(day)) is state


def test_a_waiver_that_is_bound_to_nothing_outlives_changes() -> None:
    assert state_of(replace(WAIVER, listing_digest=""), "x", date(2027, 1, 1)) is WaiverState.APPLIED


def test_one_is_added_and_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    path = write(tmp_path, f"# ours\n{ENTRY}# about bar\n- party: Bar\n{ENTRY.partition(chr(10))[2]}\n# the end")
    before = path.read_text(encoding="utf-8")
    assert write_waiver(path, WAIVER) == 15
    assert path.read_text(encoding="utf-8").startswith(before)
    renewed = Waiver("foo", "a/foo", "looked again", "me too", date(2028, 1, 1))
    assert write_waiver(path, renewed) == 2
    text = path.read_text(encoding="utf-8")
    assert text.startswith('# ours\n- party: "foo"\n')
    assert "# about bar\n- party: Bar\n" in text
    assert "\n# the end\n- party" in text
    assert [item.reason for item in load_waivers(path)] == ["looked again", "r", "not the same firm"]


def test_a_file_that_cannot_be_added_to_stays_as_it_is(tmp_path: Path) -> None:
    path = write(tmp_path, "[]\n")
    with pytest.raises(UsageError, match="must be a list of entries"):
        write_waiver(path, WAIVER)
    assert path.read_text() == "[]\n"
    assert list(tmp_path.iterdir()) == [path]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    party=st.text(min_size=1, max_size=60).filter(str.strip),
    reason=st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60).filter(str.strip),
)
def test_whatever_is_written_is_read_again(tmp_path: Path, party: str, reason: str) -> None:
    path = tmp_path / "w.yaml"
    path.unlink(missing_ok=True)
    party = party.encode("utf-8", "replace").decode()
    waiver = replace(WAIVER, party=party, reason=reason)
    write_waiver(path, waiver)
    write_waiver(path, replace(waiver, listing_id="other/1"))
    assert [replace(item, line=0) for item in load_waivers(path)] == [waiver, replace(waiver, listing_id="other/1")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Hetian Taida Apparel Co., Ltd.", "HETIAN  TAIDA APPAREL LIMITED", id="case-spaces-legal-form"),
        pytest.param("新疆中泰化學", "新疆中泰化学有限公司", id="traditional-and-legal-form"),
        pytest.param("Łódź Textil", "LODZ TEXTIL", id="accents"),
    ],
)
def test_a_fingerprint_stays_when_a_name_is_written_otherwise(one: str, other: str) -> None:
    assert fingerprint(one, "a/1", "supplier") == fingerprint(other, "a/1", "supplier")


def test_a_fingerprint_tells_parties_listings_and_roles_apart() -> None:
    names = ["Foo", "Foo 2", "Bar", "和田", "何田", "---", "+++"]
    prints = {
        fingerprint(name, item, role) for name in names for item in ("a/1", "a/2") for role in ("supplier", "buyer")
    }
    assert len(prints) == len(names) * 4
    assert party_identity("---") == "---", "a name without letters is itself"


def test_a_digest_changes_with_what_a_listing_says_and_not_with_where_it_stands() -> None:
    listing = Listing(id="a/1", list_id="a", name="Foo", line=3, notes="n")
    digest = listing_digest(listing)
    assert digest == listing_digest(replace(listing, line=9, notes="other"))
    said = [
        {"name": "Fooo"},
        {"aliases": (Alias("F"),)},
        {"listed_on": date(2022, 1, 1)},
        {"delisted_on": date(2026, 1, 1)},
    ]
    assert len({digest, *(listing_digest(replace(listing, **change)) for change in said)}) == 5


def test_ids_of_custom_lists_get_their_list_in_front() -> None:
    assert qualified_id("watch", "1") == "watch/1"
    assert qualified_id("us-uflpa", "us-uflpa/foo") == "us-uflpa/foo"
