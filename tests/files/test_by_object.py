"""What was made of an object is found again by it, and by no other."""

from __future__ import annotations

from app.files.by_object import ByObject


def test_each_object_is_worked_on_once() -> None:
    worked_on: list[str] = []
    once: ByObject[list[str], int] = ByObject(lambda item: worked_on.extend(item) or len(item), most=10)  # type: ignore[func-returns-value]
    first, equal = ["a"], ["a"]
    assert [once(first), once(first), once(equal)] == [1, 1, 1]
    assert worked_on == ["a", "a"], "an equal object is another one"


def test_an_object_that_is_gone_lends_its_place_to_none() -> None:
    once: ByObject[list[int], int] = ByObject(lambda item: item[0], most=1000)
    assert [once([number]) for number in range(900)] == list(range(900))


def test_what_is_too_much_is_forgotten() -> None:
    calls: list[int] = []
    once: ByObject[list[int], None] = ByObject(lambda item: calls.append(item[0]), most=2)
    items = [[0], [1], [2]]
    for item in [*items, items[0]]:
        once(item)
    assert calls == [0, 1, 2, 0]
