"""`importgate screen`, through the real command: what it writes, what it says, how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli.main import main
from app.files.telling import Told

ROOT = Path(__file__).parents[2]
LISTED = "Hetian Taida Apparel Co., Ltd."


def run(*args: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["screen", *map(str, args)], input=stdin)


def records(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a folder of its own, and short paths in the messages."""
    monkeypatch.chdir(tmp_path)


def file(content: str | bytes, name: str = "f.csv") -> str:
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def test_findings_are_written_and_the_exit_code_is_0() -> None:
    result = run(file(f'supplier,n\nLotus Bay,1\n"{LISTED}",2\n'), "--format", "jsonl")
    assert result.exit_code == 0
    (record,) = records(result)
    assert (record["row"], record["line"], record["role"], record["outcome"]) == (2, 3, "supplier", "block")
    assert "us-uflpa/hetian-taida-apparel" in {hit["listing_id"] for hit in record["hits"]}
    assert list(record) == [
        *("row", "line", "role", "party", "outcome", "hits", "signals", "waiver", "problem", "editions", "policy")
    ]
    assert "2 rows, 2 parties: 1 block, 0 review, 0 incomplete, 1 clear" in result.stderr
    assert "reading supplier from 'supplier'" in result.stderr


def test_all_writes_clear_records_too() -> None:
    result = run(file("supplier\nLotus Bay\n"), "--format", "jsonl", "--all")
    assert [record["outcome"] for record in records(result)] == ["clear"]


def test_csv_and_table() -> None:
    name = file(f'supplier\n"{LISTED}"\n=Lotus Bay\n')
    lines = list(csv.DictReader(io.StringIO(run(name, "--format", "csv", "--all").stdout, newline="")))
    assert {line["outcome"] for line in lines if line["name"] == LISTED} == {"block"}
    assert lines[-1]["name"] == "'=Lotus Bay"
    table = run(name)
    assert table.exit_code == 0
    assert "row 1, line 2 · supplier" in table.stdout
    assert "Lotus Bay" not in table.stdout


def test_a_list_of_ones_own_and_an_output_file() -> None:
    file("id,name\n7,Lotus Bay Ceramics\n", "mine.csv")
    result = run(
        file("name\nLOTUS-BAY CERAMICS LTD\n"), "--list", "mine.csv", "--format", "jsonl", "--output", "out.jsonl"
    )
    assert (result.exit_code, result.stdout) == (0, "")
    record = json.loads(Path("out.jsonl").read_text())
    assert [(hit["list_id"], hit["listing_id"]) for hit in record["hits"]] == [("mine", "7")]
    assert list(record["editions"]) == ["mine"]


def test_a_chosen_column_alone_is_screened_with_its_address() -> None:
    name = file(f'shipper_name,shipper_address,consignee\nLotus Bay,Hotan,"{LISTED}"\n')
    result = run(name, "--column", "shipper=shipper_name", "--format", "jsonl", "--all")
    assert [(r["role"], r["party"]["address"]) for r in records(result)] == [("shipper", "Hotan")]


def test_before_its_listing_a_party_is_clear() -> None:
    name = file("supplier\nAksu Huafu Color Spinning Co., Ltd.\n")
    before = run(name, "--list", "us-uflpa", "--as-of", "2022-01-01", "--format", "jsonl", "--all")
    assert [record["outcome"] for record in records(before)] == ["clear"]
    after = run(name, "--list", "us-uflpa", "--as-of", "2026-01-01", "--format", "jsonl", "--all")
    assert [record["outcome"] for record in records(after)] == ["block"]


def test_standard_input() -> None:
    result = run("-", "--format", "jsonl", stdin="供应商\n和田泰达服饰有限公司\n".encode("gb18030"))
    assert result.exit_code == 0
    assert [record["outcome"] for record in records(result)] == ["block"]
    assert "standard input: read as GB18030" in result.stderr


def test_json_lines_in() -> None:
    result = run("-", "--format", "jsonl", stdin=json.dumps({"shipper": {"name": LISTED}}).encode())
    assert [record["role"] for record in records(result)] == ["shipper"]


def test_the_example_shows_what_it_is_there_for() -> None:
    """Listed names under aliases, typos, two scripts, glued addresses, O/B and C/O; one torn row; the rest is clear."""
    result = run(ROOT / "examples/shipments.csv", "--format", "jsonl", "--all")
    assert result.exit_code == 3
    found = records(result)
    by_row: dict[int, set[str]] = {}
    for record in found:
        by_row.setdefault(record["row"], set()).add(record["outcome"])
    assert len(by_row) == 40
    listed = {2, 3, 4, 6, 8, 10, 13, 14, 17, 19, 21, 23, 25, 27, 29, 32, 34, 36, 38}
    assert {row for row, outcomes in by_row.items() if outcomes & {"block", "review"}} == listed
    assert {row for row, outcomes in by_row.items() if "incomplete" in outcomes} == {39}
    assert not any(record["hits"] for record in found if record["party"]["name"].startswith("Voorbeeld"))


BAD_ROWS = 'supplier,n\n{}\n"' + LISTED + '",2\n'


@pytest.mark.parametrize(
    ("row", "told"),
    [
        pytest.param("Foo Trading", "the row has 1 cells under 2 headers; add the missing cells", id="narrow"),
        pytest.param("Foo, Ltd,1", "the row has 3 cells under 2 headers; quote cells", id="wide"),
        pytest.param(",1", "the row names no party; fill in 'supplier'", id="no-party"),
        pytest.param('"Foo,1', "a quote is opened and never closed; close it", id="open-quote"),
        pytest.param("Fo\0o,1", "the row holds NUL bytes; save the file as text again", id="nul"),
        pytest.param("x" * 1_000_000 + ",1", "the name has 1,000,000 characters; only the first 10,000", id="megabyte"),
        pytest.param("F\ufffd Ltd,1", "could not be read (\ufffd); write it again or name the encoding", id="lost"),
    ],
)
def test_a_bad_row_is_incomplete_and_the_others_are_screened(row: str, told: str) -> None:
    result = run(file(BAD_ROWS.format(row)), "--format", "jsonl")
    assert result.exit_code == 3
    bad, good = records(result)
    assert (bad["row"], bad["line"], bad["outcome"]) == (1, 2, "incomplete")
    assert told in bad["problem"]
    assert (good["row"], good["line"], good["outcome"]) == (2, 3, "block")
    assert f"importgate: f.csv, line 2, row 1: {bad['problem']}\n" in result.stderr
    assert "1 block, 0 review, 1 incomplete" in result.stderr


def test_a_hit_in_a_torn_row_is_a_hit_and_still_not_complete() -> None:
    result = run(file("supplier,n\nHetian Taida Apparel Co\n"), "--format", "jsonl")
    assert result.exit_code == 3
    assert [(record["outcome"], bool(record["problem"])) for record in records(result)] == [("block", True)]


def test_undecodable_bytes_name_the_encoding_and_the_line() -> None:
    result = run(file("supplier\nMüller\n".encode() * 3 + b"Foo \xff Ltd\n"), "--format", "jsonl")
    assert result.exit_code == 3
    assert "f.csv: line 7 is the first with bytes that are not in UTF-8" in result.stderr
    assert "f.csv, line 7, row 6: the name holds characters that could not be read" in result.stderr


def test_of_many_bad_rows_the_first_are_told_and_all_are_counted() -> None:
    result = run(file("supplier,n\n" + "Foo\n" * 30), "--format", "csv", "--output", "out.csv")
    assert result.exit_code == 3
    assert result.stderr.count("add the missing cells") == 10
    assert "... and 20 more" in result.stderr
    assert len(Path("out.csv").read_text().splitlines()) == 31


@pytest.mark.parametrize(
    ("content", "args", "code", "told"),
    [
        pytest.param(b"", "f.csv", 3, "f.csv: the file is empty; it needs a header row", id="empty"),
        pytest.param(b"supplier\n", "f.csv", 3, "f.csv: there is a header but no row below it", id="header-only"),
        pytest.param(b"PK\3\4", "f.csv", 3, "the workbook is damaged; open it", id="xlsx"),
        pytest.param(b"[{}]", "f.csv", 3, "write one object a line", id="json-array"),
        pytest.param(b"a\nb\n", "no.csv", 3, "no.csv: the file cannot be opened (No such file", id="no-file"),
        pytest.param(b"a\nb\n", ".", 3, "this is a folder", id="a-folder"),
        pytest.param(
            b"bill,qty\n1,2\n", "f.csv", 2, "the headers found are 'bill', 'qty'; name one with --column", id="no-party"
        ),
        pytest.param(b"supplier\nx\n", "f.csv --column supplier", 2, "must be ROLE=HEADER", id="column-without-header"),
        pytest.param(b"supplier\nx\n", "f.csv --column vendor=supplier", 2, "did you mean 'supplier'?", id="no-role"),
        pytest.param(
            b"supplier\nx\n", "f.csv --column buyer=suplier", 2, "f.csv: --column: there is no column", id="no-header"
        ),
        pytest.param(
            b"supplier\nx\n", "f.csv --as-of 31-01-2026", 2, "YYYY-MM-DD, for example 2026-01-31", id="no-date"
        ),
        pytest.param(b"supplier\nx\n", "f.csv --as-of 2026-02-30", 2, "'2026-02-30' is no date", id="no-such-day"),
        pytest.param(b"supplier\nx\n", "f.csv --list us-ulfpa", 2, "did you mean 'us-uflpa'?", id="no-list"),
        pytest.param(b"supplier\nx\n", "f.csv --list f.csv", 2, "there is no column 'id'", id="a-list-without-ids"),
        pytest.param(b"id,name\n1,\n", "f.csv --list f.csv", 2, "line 2: the name is empty", id="a-list-without-names"),
        pytest.param(b"id,name\n1,a\n1,b\n", "f.csv --list f.csv", 2, "f.csv, line 3", id="a-list-with-an-id-twice"),
        pytest.param(
            b"supplier\nx\n", "f.csv --encoding klingon", 2, "no encoding 'klingon'; use one such as", id="no-encoding"
        ),
        pytest.param(
            b"supplier\nx\n",
            "f.csv --output no/out",
            2,
            "there is no folder no; create it first",
            id="no-output-folder",
        ),
        pytest.param(
            b"supplier\nx\n", "f.csv --output .", 2, "is a folder; name a file in it", id="output-is-a-folder"
        ),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_a_code(content: bytes, args: str, code: int, told: str) -> None:
    file(content)
    result = run(*args.split())
    assert result.exit_code == code, result.output
    assert told in result.stderr
    assert result.stdout == ""
    sentences = [line for line in result.stderr.splitlines() if not line.startswith("importgate: f.csv: reading ")]
    assert len(sentences) == 1
    assert sentences[0].startswith("importgate: ")
    assert not list(Path.cwd().glob("**/*.partial"))


@pytest.mark.parametrize("args", ["", "f.csv --format xml", "f.csv --nonsense"])
def test_a_wrong_call_is_2_and_never_1(args: str) -> None:
    assert run(*args.split()).exit_code == 2


def test_ctrl_c_leaves_what_was_screened_beside_the_output(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.files import telling

    tell_all = telling.tell_file

    def interrupted(*args: Any, **options: Any) -> Iterator[Sequence[Told]]:
        yield next(tell_all(*args, **options))
        raise KeyboardInterrupt

    monkeypatch.setattr(telling, "tell_file", interrupted)
    result = run(file("supplier\nFoo\nBar\n"), "--all", "--format", "jsonl", "--output", "out.jsonl")
    assert result.exit_code == 130
    assert "interrupted" in result.stderr
    assert not Path("out.jsonl").exists()
    written = map(json.loads, Path("out.jsonl.partial").read_text().splitlines())
    assert [record["party"]["name"] for record in written] == ["Foo", "Bar"]


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "app.cli.main", *args]


def test_a_reader_that_goes_away_ends_the_run_quietly() -> None:
    name = file("supplier\n" + "Foo Trading\n" * 3000)
    with subprocess.Popen(
        command("screen", name, "--all", "--format", "jsonl"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read().decode()
        assert process.wait(timeout=60) == 141
    assert "Traceback" not in said
    assert "BrokenPipe" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are a thing of POSIX")
def test_a_long_file_shows_a_bar_on_a_terminal() -> None:
    name = file("supplier,note\n" + f"Foo Trading,{'x' * 200}\n" * 6000)
    master, slave = os.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm"}
    done = subprocess.run(
        command("screen", name, "--format", "csv", "--output", "out.csv"), stderr=slave, env=environment, check=False
    )
    os.close(slave)
    shown = os.read(master, 100_000).decode()
    os.close(master)
    assert done.returncode == 0
    assert "Screening" in shown
    assert "6,000 rows, 6,000 parties" in shown
