"""What decides a match stands in one table, with its reason, and is part of the table's version."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from app.match import policy

CODE = sorted(path for path in Path(policy.__file__).parent.glob("*.py") if path.name != "policy.py")
# Nothing, one, a half's denominator: these count and index, and decide nothing.
STRUCTURAL = {0, 1, -1, 2}
TECHNICAL: dict[str, dict[float, str]] = {
    "pairs.py": {
        1e-3: "the rounding of float32, in favour of a pair",
        0xFFFFFFFF: "the lower half of a word of 64 bits",
        100: "likeness in hundredths, as the library has it",
    },
    "sketches.py": {32: "half a word of 64 bits"},
}


def _decides(source: str) -> list[tuple[int, float]]:
    """Numbers of a module that are neither structural nor the size of a cache, with their lines."""
    tree = ast.parse(source)
    caches = {
        id(number)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "lru_cache"
        for number in ast.walk(call)
    }
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and node.value not in STRUCTURAL
        and id(node) not in caches
    ]


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.name)
def test_no_number_of_the_matcher_stands_outside_the_policy(path: Path) -> None:
    found = [item for item in _decides(path.read_text("utf-8")) if item[1] not in TECHNICAL.get(path.name, {})]
    assert found == []


def test_a_number_in_the_code_would_be_found() -> None:
    assert _decides("@lru_cache(maxsize=9)\ndef f(x): return x > 0.7 and x[1:2]") == [(2, 0.7)]


def test_every_row_of_the_policy_has_its_reason() -> None:
    body = ast.parse(Path(policy.__file__).read_text("utf-8")).body
    derived = {"GATE_POINTS", "SAME_POINTS", "CROSS_POINTS", "REASONS", "WEIGHTS", "GATE", "VERSION"}
    for statement, after in zip(body, [*body[1:], None], strict=True):
        if not isinstance(statement, ast.Assign):
            continue
        name = statement.targets[0]
        assert isinstance(name, ast.Name)
        if name.id in derived or name.id == "SAME_SCRIPT":  # both thresholds stand together
            continue
        said = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and bool(after.value.value)
        assert said or name.id == "CROSS_SCRIPT", f"{name.id} has no reason"
    assert all(weight.reason for weight in (*policy.WEIGHTS, *policy.GATE))


@pytest.mark.parametrize(
    ("row", "changed"),
    [
        ("PART = 0.8", "PART = 0.81"),
        ('"5s"', '"6s"'),
        ("possible=0.5, strong", "possible=0.51, strong"),
    ],
)
def test_the_version_changes_with_any_row(row: str, changed: str) -> None:
    source = Path(policy.__file__).read_text("utf-8")
    assert row in source
    program = "import sys, types; module = types.ModuleType('policy'); sys.modules['policy'] = module; " \
        "exec(sys.stdin.read(), module.__dict__); print(module.VERSION)"  # fmt: skip

    def version(text: str) -> str:
        done = subprocess.run([sys.executable, "-c", program], input=text, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    assert version(source) == policy.VERSION
    assert version(source.replace(row, changed, 1)) != policy.VERSION
