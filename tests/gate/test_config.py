"""importgate.toml: read strictly, said with the line, and described by a schema that says the same."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.errors import UsageError
from app.gate import config as config_module
from app.gate.config import FileRule, GateConfig, ListPolicy, Reports, Thresholds, load_config
from app.gate.model import FailOn
from app.reports.gate import GATE_REPORTS
from app.screening.model import Role

Gate = Callable[..., Any]
SCHEMA: dict[str, Any] = json.loads(Path(config_module.__file__).with_name("importgate.schema.json").read_text("utf-8"))
WHOLE = """\
lists = ["us-uflpa", "own.csv"]
fail_on = "review"
strict = true
allow_incomplete = false
max_list_age_days = 90
waivers = "w.yaml"
baseline = "b.jsonl"

[thresholds]
review = 0.5
block = 1

[policy]
us-bis-entity-list = "block"

[[files]]
pattern = "suppliers/*.csv"
columns = { supplier = "Vendor", "supplier.address" = "Addr" }
roles = ["supplier"]
encoding = "gb18030"

[[files]]
pattern = "*.xlsx"

[reports]
sarif = "o.sarif"
"""


def load(tmp_path: Path, text: str) -> GateConfig:
    (tmp_path / "importgate.toml").write_text(text, encoding="utf-8")
    return load_config(tmp_path / "importgate.toml")


def test_every_key_is_read(tmp_path: Path) -> None:
    rule = FileRule("suppliers/*.csv", {"supplier": "Vendor", "supplier.address": "Addr"}, (Role.SUPPLIER,), "gb18030")
    assert load(tmp_path, WHOLE) == GateConfig(
        lists=("us-uflpa", "own.csv"),
        fail_on=FailOn.REVIEW,
        strict=True,
        allow_incomplete=False,
        max_list_age_days=90,
        waivers="w.yaml",
        baseline="b.jsonl",
        thresholds=Thresholds(0.5, 1.0),
        policy={"us-bis-entity-list": ListPolicy.BLOCK},
        files=(rule, FileRule("*.xlsx")),
        reports=Reports(sarif="o.sarif"),
    )
    assert not list(Draft202012Validator(SCHEMA).iter_errors(tomllib.loads(WHOLE)))
    assert load(tmp_path, "") == GateConfig()


BAD = [
    pytest.param("fail-on = 'block'", 1, "unknown key 'fail-on' (did you mean 'fail_on'?)", id="unknown-key"),
    pytest.param("\nlists = []\n[report]\nsarif='x'", 3, "(did you mean 'reports'?)", id="unknown-table"),
    pytest.param("[reports]\n\nsarfi = 'x'", 3, "(did you mean 'sarif'?)", id="unknown-key-in-a-table"),
    pytest.param("[[files]]\npattern='a'\n[[files]]\npattern='b'\nrols=[]", 5, "'roles'", id="in-the-second-entry"),
    pytest.param("[[files]]\nencoding='x'", 1, "files: the key 'pattern' is missing", id="missing-key"),
    pytest.param("fail_on = 'always'", 1, "fail_on: 'always' is none of block, review, never", id="unknown-word"),
    pytest.param("strict = 'yes'", 1, "strict: this must be true or false, not 'yes'", id="not-a-bool"),
    pytest.param("lists = 'us-uflpa'", 1, "lists: this must be a list", id="not-a-list"),
    pytest.param("[thresholds]\nreview = 'x'", 2, "thresholds.review: this must be a number", id="not-a-number"),
    pytest.param("[thresholds]\nreview = -0.1", 2, "a score from 0 to 1", id="below-zero"),
    pytest.param("thresholds.block = 1.2", 1, "a score from 0 to 1", id="above-one"),
    pytest.param("max_list_age_days = 0", 1, "1 or more", id="no-days"),
    pytest.param("max_list_age_days = 1.5", 1, "a whole number", id="half-a-day"),
    pytest.param("[[files]]\npattern = ' '", 2, "a pattern such as", id="empty-pattern"),
    pytest.param("[[files]]\npattern = '/a/*.csv'", 2, "a pattern such as", id="absolute-pattern"),
    pytest.param("[[files]]\npattern='a'\nroles = ['suplier']", 3, "'suplier' is none of", id="unknown-role"),
    pytest.param("[policy]\nus-uflpa = 'ignore'", 2, "'ignore' is none of block, review", id="unknown-policy"),
    pytest.param("reports = 'x'", 1, "this must be a reports with keys such as sarif", id="not-a-table"),
]


@pytest.mark.parametrize(("text", "line", "said"), BAD)
def test_what_is_wrong_is_said_with_its_line_and_refused_by_the_schema_too(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    assert f"importgate.toml, line {line}: " in str(caught.value)
    assert said in str(caught.value)
    assert list(Draft202012Validator(SCHEMA).iter_errors(tomllib.loads(text)))


@pytest.mark.parametrize(
    ("content", "place", "said"),
    [
        pytest.param(b"a = 1\nb = \n", "line 2", "this is not TOML: Invalid value", id="no-toml"),
        pytest.param(b"a = [1\n", "importgate.toml", "this is not TOML", id="breaks-off"),
        pytest.param(b"# x\n# \xff\n", "line 2", "this is not UTF-8", id="no-utf-8"),
        pytest.param(b"\nstrict = true\nallow_incomplete = true", "line 3", "contradicts 'strict = true'", id="both"),
    ],
)
def test_a_file_that_cannot_be_understood(tmp_path: Path, content: bytes, place: str, said: str) -> None:
    (tmp_path / "importgate.toml").write_bytes(content)
    with pytest.raises(UsageError) as caught:
        load_config(tmp_path / "importgate.toml")
    assert place in str(caught.value)
    assert said in str(caught.value)


def test_schema_and_reader_know_the_same_keys_words_and_bounds() -> None:
    def names(kind: Any) -> set[str]:
        return {field.name for field in fields(kind)}

    top = SCHEMA["properties"]
    assert set(top) == names(GateConfig)
    assert set(top["files"]["items"]["properties"]) == names(FileRule)
    assert set(top["thresholds"]["properties"]) == names(Thresholds)
    assert set(top["reports"]["properties"]) == names(Reports) == set(GATE_REPORTS)
    assert top["fail_on"]["enum"] == list(FailOn)
    assert top["policy"]["additionalProperties"]["enum"] == list(ListPolicy)
    assert top["files"]["items"]["properties"]["roles"]["items"]["enum"] == list(Role)
    assert GateConfig().fail_on == top["fail_on"]["default"]


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("suppliers/a.csv", "suppliers/*.csv", True),
        ("suppliers/x/a.csv", "suppliers/*.csv", False),
        ("suppliers/x/y/a.csv", "suppliers/**/*.csv", True),
        ("suppliers/a.csv", "suppliers/**/*.csv", True),
        ("deep/down/a.csv", "*.csv", True),
        ("a.csv.bak", "*.csv", False),
        ("a1.csv", "a[0-9].csv", True),
        ("ab.csv", "a[!a-z].csv", False),
        ("a+b.csv", "a+b.csv", True),
        ("a.csv", "./a.csv", True),
    ],
)
def test_patterns(path: str, pattern: str, expected: bool) -> None:
    rule = GateConfig(files=(FileRule(pattern),)).rule_for(Path(path))
    assert (rule is not None) is expected


def test_a_run_by_its_configuration_alone(gate: Gate, folder: Path) -> None:
    """Columns, roles, a list of one's own with a policy, thresholds and reports, from another working directory."""
    home = folder / "home"
    (home / "in").mkdir(parents=True)
    (home / "in" / "a.csv").write_text("Wer,Consignee\nBad Actor Trading,Hetian Taida Apparel\n", encoding="utf-8")
    (home / "own.csv").write_text("id,name\n1,Bad Actor Trading\n", encoding="utf-8")
    (home / "importgate.toml").write_text(
        'lists = ["us-uflpa", "own.csv"]\n[policy]\nown = "block"\n[reports]\njsonl = "out/r.jsonl"\n'
        '[[files]]\npattern = "in/*.csv"\ncolumns = { supplier = "Wer" }\nroles = ["supplier"]\n',
        encoding="utf-8",
    )
    run = gate("--config", "home/importgate.toml")
    assert run.returncode == 1, run.stdout + run.stderr
    assert " BLOCK  Bad Actor Trading  supplier\n  home/in/a.csv:2\n" in run.stdout
    (line,) = (home / "out" / "r.jsonl").read_text("utf-8").splitlines()
    assert json.loads(line)["subject"] == "own/1"
    text = (home / "importgate.toml").read_text("utf-8")
    (home / "importgate.toml").write_text(text.replace('own = "block"', 'us-uflpa = "review"'), encoding="utf-8")
    assert gate("--config", "home/importgate.toml").returncode == 0
    (home / "importgate.toml").write_text(text.replace('roles = ["supplier"]', ""), encoding="utf-8")
    assert "Hetian Taida Apparel" not in gate("--config", "home/importgate.toml").stdout, "no column was named for it"
    (home / "importgate.toml").write_text(text.replace("own =", "owm ="), encoding="utf-8")
    run = gate("--config", "home/importgate.toml")
    assert (run.returncode, "did you mean 'own'?" in run.stderr) == (2, True)


def test_roles_and_matches_that_are_left_out_are_counted(gate: Gate, folder: Path) -> None:
    (folder / "f.csv").write_text("Supplier,Consignee\nXinjiang Zhongtai Chemical,Hetian Taida Apparel\n", "utf-8")
    (folder / "importgate.toml").write_text(
        '[thresholds]\nreview = 0.99\n[[files]]\npattern = "f.csv"\nroles = ["supplier"]\n', "utf-8"
    )
    run = gate("f.csv")
    assert "note: 1 party in roles that the configuration leaves out" in run.stdout
    assert "note: 1 match below thresholds.review" in run.stdout
    assert "Hetian" not in run.stdout
    (folder / "importgate.toml").write_text("[thresholds]\nreview = 0.1\nblock = 1\n", "utf-8")
    (folder / "f.csv").write_text("Supplier\nXinjiang Zhongtai Chemicals\n", "utf-8")
    without, given = gate("f.csv", "--config", "/dev/null"), gate("f.csv")
    assert (without.returncode, given.returncode) == (1, 0)
    assert " REVIEW  Xinjiang Zhongtai Chemicals" in given.stdout
    assert "note: thresholds.review = 0.1 changes nothing: the matcher reports no match below" in given.stdout
