"""The packed lexicon: what comes out is what went in, in the same order, for any words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.text.lexicon import Lexicon, Word, compile_lexicon
from app.text.name import TokenKind
from app.text.packed import pack, unpack

# Words of tables hold no tabs and line ends: these separate cells and lines there.
_text = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\t\n"), min_size=1, max_size=6)
_words = st.builds(Word, st.sampled_from(TokenKind), _text, st.sampled_from(["", "ab"]), st.booleans())
_tables = st.dictionaries(_text, _words, min_size=1, max_size=6)
_groups = st.dictionaries(_text, st.lists(_text, max_size=3), max_size=3)


def test_the_lexicon_of_the_tables_comes_out_as_it_went_in() -> None:
    compiled = compile_lexicon()
    again = unpack(pack(compiled))
    assert again == compiled
    for name in ("latin", "han", "pinyin", "place_parents"):
        assert list(getattr(again, name)) == list(getattr(compiled, name))
    assert type(again.latin["xinjiang"].kind) is TokenKind


@given(latin=_tables, han=_tables, parts=_groups, parents=_groups, stops=st.frozensets(_text))
def test_any_lexicon_comes_out_as_it_went_in(
    latin: dict[str, Word],
    han: dict[str, Word],
    parts: dict[str, list[str]],
    parents: dict[str, list[str]],
    stops: frozenset[str],
) -> None:
    lexicon = Lexicon(
        latin=latin,
        han=han,
        stops=stops,
        parts={key: tuple(group) for key, group in parts.items()},
        place_parents={key: frozenset(group) for key, group in parents.items()},
        longest_han=7,
    )
    assert unpack(pack(lexicon)) == lexicon
