"""Where a report goes, and that half a one never passes for the whole."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from app.errors import UsageError
from app.reports.destination import open_destination


def test_a_file_appears_under_its_name_when_it_is_complete(tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    with open_destination(output) as stream:
        stream.write("新\r\n")
        assert not output.exists()
    assert output.read_bytes() == "新\r\n".encode()
    assert list(tmp_path.iterdir()) == [output]


def test_what_was_written_before_a_break_stays_beside_the_old_report(tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    output.write_text("old\n")
    with pytest.raises(KeyboardInterrupt):
        _broken_off(output)
    assert output.read_text() == "old\n"
    assert (tmp_path / "out.csv.partial").read_text() == "half\n"


def _broken_off(output: Path) -> None:
    with open_destination(output) as stream:
        stream.write("half\n")
        raise KeyboardInterrupt


def test_nothing_is_left_where_nothing_was_written(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), open_destination(tmp_path / "out.csv"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_device_is_written_in_place() -> None:
    with open_destination(Path(os.devnull)) as stream:
        stream.write("x")
    assert Path(os.devnull).is_char_device()


def test_without_a_path_it_is_stdout() -> None:
    with open_destination(None) as stream:
        assert stream is sys.stdout


@pytest.mark.parametrize(
    ("path", "told"),
    [
        pytest.param("no/out.csv", "there is no folder", id="no-folder"),
        pytest.param(".", "is a folder", id="a-folder"),
        pytest.param("file/out.csv", "cannot be written", id="below-a-file"),
    ],
)
def test_where_nothing_can_be_written_it_is_said(tmp_path: Path, path: str, told: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=told), open_destination(tmp_path / path):
        pass
