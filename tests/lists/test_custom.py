"""Lists of the user's own: tolerant of how a file is written, strict about what it says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ListError
from app.lists.custom import load_custom_list
from app.lists.model import Alias, EntityList, Kind


def read(path: Path, content: str | bytes) -> EntityList:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_custom_list(path, "ab" * 32)


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return tmp_path / "watch.csv"


@pytest.fixture
def jsonl(tmp_path: Path) -> Path:
    return tmp_path / "watch.jsonl"


def test_own_ids_are_kept_and_the_list_goes_by_the_file_stem(csv: Path) -> None:
    entity_list = read(csv, "id,name,aliases,country,colour\nB-2,Beta,Beta Ltd | Béta |Beta,cn,red\nA/1,Alpha,,,\n")
    alpha, beta = entity_list.listings
    assert (entity_list.id, entity_list.programme, entity_list.as_of) == ("watch", "custom", None)
    assert entity_list.edition == "abababababab"
    assert (alpha.id, alpha.list_id, alpha.line, alpha.aliases) == ("A/1", "watch", 3, ())
    assert (beta.id, beta.country, beta.aliases) == ("B-2", "CN", (Alias("Beta Ltd"), Alias("Béta")))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("\ufeffid,name\n1,Alpha\n", id="byte-order-mark"),
        pytest.param("ID , Name\r\n1, Alpha \r\n\r\n", id="windows-lines-blanks-capitals-blank-row"),
        pytest.param("name;id\nAlpha;1\n", id="semicolons-and-another-order"),
        pytest.param("id\tname\n1\tAlpha", id="tabs-and-no-last-line-end"),
        pytest.param('id,name\n1,"Alpha"\n', id="quotes"),
        pytest.param("id,name,notes\n1,Alpha\n", id="short-row-without-optional-cells"),
    ],
)
def test_how_the_file_is_written_does_not_matter(csv: Path, content: str) -> None:
    assert [(one.id, one.name) for one in read(csv, content).listings] == [("1", "Alpha")]


def test_lines_count_quoted_newlines(csv: Path) -> None:
    entity_list = read(csv, 'id,name,notes\n1,Alpha,"two\nlines"\n2,Beta,\n')
    assert [one.line for one in entity_list.listings] == [2, 4]


def test_json_lines_have_the_same_keys(jsonl: Path) -> None:
    entity_list = read(
        jsonl,
        '{"id": 7, "name": "Alpha", "aliases": ["A|B", " C "], "colour": 1}\n\n'
        '{"id": "8", "name": "B", "aliases": "X|Y", "kind": "person", "listed_on": "2022-06-21"}\n',
    )
    seven, eight = entity_list.listings
    assert [alias.name for alias in seven.aliases] == ["A|B", "C"]
    assert [alias.name for alias in eight.aliases] == ["X", "Y"]
    assert (eight.kind, eight.listed_on, eight.line) == (Kind.PERSON, date(2022, 6, 21), 3)


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        pytest.param("", "the file is empty", id="empty"),
        pytest.param("id,name\n", "the list holds no entries", id="header-only"),
        pytest.param(
            "id,supplier\n1,Alpha\n",
            "line 1: there is no column 'name'; the headers found are: id, supplier",
            id="no-name",
        ),
        pytest.param("name\nAlpha\n", "line 1: there is no column 'id'", id="no-id"),
        pytest.param("id,name,name\n1,A,B\n", "line 1: the column 'name' is there twice", id="name-twice"),
        pytest.param("id,name\n1,Alpha\n2, \n", "line 3: the name is empty", id="empty-name"),
        pytest.param("id,name\n,Alpha\n", "line 2: the id is empty", id="empty-id"),
        pytest.param("id,name\n1,A\n2,B\n1,C\n", "line 4: the id '1' is already on line 2", id="duplicate-id"),
        pytest.param("id,name\n1,Alpha, Ltd\n", "line 2: the row has 3 cells under 2 headers", id="wide-row"),
        pytest.param('id,name\n1,"Alpha\n', "line 2: this is not CSV", id="open-quote"),
        pytest.param(f"id,name\n1,{'x' * 1_000_000}\n", "line 2: a cell has 1,000,000 characters", id="huge-cell"),
        pytest.param(b"id,name\n1,\xff\xfe\n", "line 2: there are bytes that are not UTF-8", id="bytes"),
        pytest.param("id,name\n1,A\n".encode("utf-16"), "line 1: there is a NUL byte", id="utf-16"),
        pytest.param(
            "id,name,country\n1,A,China\n", "line 2: country is 'China'; it must be a country code", id="country"
        ),
        pytest.param("id,name,kind\n1,A,ship\n", "line 2: kind is 'ship'; it must be one of company", id="kind"),
        pytest.param("id,name,listed_on\n1,A,June\n", "line 2: listed_on is 'June'; it must be a date", id="date"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(csv: Path, content: str | bytes, refused: str) -> None:
    with pytest.raises(ListError) as caught:
        read(csv, content)
    assert refused in str(caught.value)
    assert str(csv) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        pytest.param('{"id": "1", "name": "A"}\n{"id"', "line 2: this is not JSON", id="broken"),
        pytest.param("[1]\n", "line 1: this must be an object", id="no-object"),
        pytest.param('{"id": "1"}\n', "line 1: the name is empty", id="no-name"),
        pytest.param('{"id": "1", "name": 5}\n', "line 1: name is 5; it must be text", id="number-for-name"),
        pytest.param('{"id": "1", "name": "A", "aliases": [1]}\n', "line 1: aliases is [1]", id="number-in-aliases"),
    ],
)
def test_json_lines_are_read_as_strictly(jsonl: Path, content: str, refused: str) -> None:
    with pytest.raises(ListError) as caught:
        read(jsonl, content)
    assert refused in str(caught.value)


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: b"id,name\n" + text.encode("utf-8", "replace")))
def test_any_bytes_give_a_list_or_one_clear_refusal(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    try:
        entity_list = read(tmp_path_factory.getbasetemp() / "any.csv", content)
    except ListError:
        return
    assert all(listing.id and listing.name for listing in entity_list.listings)
