"""Character 4-grams as integers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.index.grams import SIZE, gram_codes

text = st.text(alphabet="abcxyz0189", max_size=12)
renderings = st.lists(st.tuples(text, text, text), max_size=6)


def grams(texts: tuple[str, ...]) -> set[tuple[bool, str]]:
    """By the definition: padded, cut into fours, the last rendering in a space of its own."""
    padded = [(index == len(texts) - 1, f"^{text}$$") for index, text in enumerate(texts)]
    return {(last, text[at : at + SIZE]) for last, text in padded for at in range(len(text) - SIZE + 1)}


@given(renderings)
def test_codes_stand_for_the_distinct_grams_of_each_name(names: list[tuple[str, str, str]]) -> None:
    owners, codes = gram_codes(names)
    by_name: list[set[int]] = [set() for _ in names]
    for owner, code in zip(owners.tolist(), codes.tolist(), strict=True):
        by_name[owner].add(code)
    assert [len(found) for found in by_name] == [len(grams(texts)) for texts in names]
    assert len(codes) == sum(map(len, by_name))


@given(renderings, renderings)
def test_two_names_share_codes_where_they_share_grams(
    first: list[tuple[str, str, str]], second: list[tuple[str, str, str]]
) -> None:
    names = [*first, *second]
    owners, codes = gram_codes(names)
    by_name = [set(codes[owners == index].tolist()) for index in range(len(names))]
    for left, left_codes in zip(names, by_name, strict=True):
        for right, right_codes in zip(names, by_name, strict=True):
            assert len(left_codes & right_codes) == len(grams(left) & grams(right))


@given(renderings)
def test_codes_are_sorted_and_bounded(names: list[tuple[str, str, str]]) -> None:
    owners, codes = gram_codes(names)
    pairs = list(zip(owners.tolist(), codes.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    assert all(0 <= code < 2 * 39**SIZE for _, code in pairs)


@given(renderings.filter(bool), st.integers(min_value=0, max_value=5))
def test_the_codes_of_a_name_do_not_depend_on_the_others(names: list[tuple[str, str, str]], chosen: int) -> None:
    chosen %= len(names)
    owners, codes = gram_codes(names)
    assert codes[owners == chosen].tolist() == gram_codes([names[chosen]])[1].tolist()


def test_no_name_has_no_codes() -> None:
    owners, codes = gram_codes([])
    assert (len(owners), len(codes)) == (0, 0)


def test_letters_outside_of_the_alphabet_are_one_letter() -> None:
    assert gram_codes([("中",)])[1].tolist() == gram_codes([("é",)])[1].tolist()
