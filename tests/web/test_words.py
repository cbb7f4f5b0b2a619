"""What the templates say and draw, without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jinja2 import nodes
from jinja2.meta import find_referenced_templates, find_undeclared_variables

from app.web import words
from app.web.rendering import environment

TEMPLATES = Path(words.__file__).parent / "templates"


def _parsed(path: Path) -> nodes.Template:
    return environment().parse(path.read_text(encoding="utf-8"))


PARSED = {str(path.relative_to(TEMPLATES)): _parsed(path) for path in TEMPLATES.rglob("*.html")}


def _asked_of(template: nodes.Template, name: str) -> set[str]:
    """The attributes that a template asks of a name, such as `parts` in `parts.outcome(...)`."""
    return {
        found.attr
        for found in template.find_all(nodes.Getattr)
        if isinstance(found.node, nodes.Name) and found.node.name == name
    }


def test_the_templates_find_their_words() -> None:
    asked = set().union(*(_asked_of(template, "words") for template in PARSED.values()))
    assert asked == set(words.__all__)
    assert set(words.__all__) <= set(vars(words))


def test_the_templates_find_their_macros_and_give_them_what_they_take() -> None:
    macros = {macro.name: macro for macro in PARSED["parts.html"].find_all(nodes.Macro)}
    called: set[str] = set()
    for name, template in PARSED.items():
        assert _asked_of(template, "parts") <= set(macros), name
        for call in template.find_all(nodes.Call):
            known = call.node.attr if isinstance(call.node, nodes.Getattr) else getattr(call.node, "name", "")
            if known in macros and (name == "parts.html" or isinstance(call.node, nodes.Getattr)):
                called.add(known)
                assert len(call.args) == len(macros[known].args), f"{name}: {known}"
    assert called == set(macros), "a macro that nothing calls"


@pytest.mark.parametrize("name", sorted(PARSED))
def test_the_templates_are_all_there_and_compile(name: str) -> None:
    """A filter or a test that nobody knows is an error here, and so is a template that is included and not there."""
    environment().get_template(name)
    assert set(filter(None, find_referenced_templates(PARSED[name]))) <= set(PARSED)


def test_macros_see_no_values_of_the_page() -> None:
    assert find_undeclared_variables(PARSED["parts.html"]) == set(), "neither an argument nor a global"


@pytest.mark.parametrize(
    "counts",
    [{"block": 1, "clear": 999_999}, {"block": 0, "review": 3, "clear": 7}, {"block": 5}],
    ids=["one in a million stays visible", "none has no part", "all of one kind"],
)
def test_the_parts_of_a_bar_fill_it(counts: dict[str, int]) -> None:
    placed = words.shares(counts, 400)
    assert [name for name, _, _ in placed] == [name for name, count in counts.items() if count]
    assert sum(width for _, _, width in placed) == pytest.approx(400)
    assert all(width >= 3.9 for _, _, width in placed)
    assert [x for _, x, _ in placed] == pytest.approx([sum(w for _, _, w in placed[:n]) for n in range(len(placed))])


def test_nothing_counted_is_no_bar() -> None:
    assert words.shares({"block": 0}, 400) == []


def _seen(field: str, seen: str, **party: Any) -> str:
    return str(words.highlighted({"party": party}, {"field": field, "seen": seen}))


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        (_seen("address", "新疆; 和田", address="新疆和田 <b>"), "<mark>新疆</mark><mark>和田</mark> &lt;b&gt;"),
        (_seen("name", "khotan", name="KHOTAN Taida"), "<mark>KHOTAN</mark> Taida"),
        (_seen("hs_code", "6109", goods={"hs_codes": ["6109", "5201"]}), "<mark>6109</mark>, 5201"),
        (_seen("mid", "<x>", name="Foo"), "<mark>&lt;x&gt;</mark>"),
        (_seen("name", "a\u202eb", name="Foo"), "<mark>a\ufffdb</mark>"),
    ],
    ids=["each where it stands", "in letters of either case", "of the goods", "seen nowhere as such", "turns no text"],
)
def test_what_was_seen_is_marked_where_it_stands_and_stays_text(marked: str, expected: str) -> None:
    assert marked == expected


def _hit(listed: str, summary: str, *tokens: str) -> dict[str, Any]:
    return {"explanation": {"listed": listed, "summary": summary, "tokens": list(tokens)}}


def test_an_entry_on_several_lists_is_explained_once_and_no_reason_is_lost() -> None:
    hits = [
        _hit("Foo Co., Ltd.", "“foo” is Foo Co., Ltd.", "foo"),
        _hit("Foo Co. Ltd", "“foo” is Foo Co. Ltd", "foo"),
        _hit("Foo Co., Ltd.", "“foo” is Foo Co., Ltd.; but another credit code", "foo"),
        _hit("Bar", "the same credit code as Bar"),
        _hit("Baz", "the same LEI as Baz"),
    ]
    assert [len(group) for group in words.by_names(hits)] == [2, 1, 1, 1]


@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ({"party": "its data changed"}, "its data changed"),
        ({"editions": {"us-uflpa": {}}, "policy": {}}, "us-uflpa has another edition, the policy is another"),
    ],
)
def test_a_cause_is_told_in_words(cause: dict[str, Any], said: str) -> None:
    assert words.causes(cause) == said
