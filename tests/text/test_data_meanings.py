"""The table of meanings: translations only, each spelling in one concept, none that another table already reads."""

from collections import Counter, defaultdict

import pytest

from app.text.pinyin import split_syllables
from app.text.tables import DATA, read_table, spellings
from tests.text.test_data_tables import CONCEPT, HAN, LATIN, simplified, syllables

ROWS = list(read_table("meanings"))
OTHERS = ("industries", "org_words", "legal_forms", "places")
# English words whose letters happen to be pinyin as well
ENGLISH = {
    "silver",
    "silver lake",
    "silver sea",
    "agate",
    "antique",
    "azalea",
    "azure",
    "balance",
    "banyan",
    "citizen",
    "dance",
    "diligence",
    "elegance",
    "elite",
    "era",
    "future",
    "gale",
    "heritage",
    "leading",
    "milan",
    "militia",
    "mimosa",
    "molecule",
    "new age",
    "new asia",
    "nine sun",
    "omega",
    "orange",
    "oriole",
    "palace",
    "panda",
    "pine",
    "pioneer",
    "pure nature",
    "queen",
    "sage",
    "serene",
    "sesame",
    "sika deer",
    "sunrise",
    "sunshine",
    "tide",
    "titan",
}


def said(column: str) -> list[str]:
    return [spelling for row in ROWS for spelling in spellings(row[column])]


def concepts(spelling: str) -> list[str]:
    return [row["concept"] for row in ROWS if spelling in spellings(row["latin"]) + spellings(row["han"])]


def test_shape() -> None:
    text = (DATA / "meanings.tsv").read_text("utf-8")
    lines = text.splitlines()
    comments = [line for line in lines if line.startswith("#")]
    assert lines[: len(comments)] == comments, "comments stand on top"
    assert "never a strong match" in " ".join(comments)
    assert lines[len(comments)] == "concept\tlatin\than"
    assert {line.count("\t") for line in lines[len(comments) :]} == {2}
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert len(ROWS) >= 600


def test_concepts_are_slugs_in_order_and_unique() -> None:
    names = [row["concept"] for row in ROWS]
    assert names == sorted(set(names))
    assert [name for name in names if not CONCEPT.fullmatch(name)] == []


def test_every_concept_is_spelt_in_both_languages() -> None:
    """A meaning without its Chinese or its English would match nothing."""
    assert [row for row in ROWS if not row["latin"] or not row["han"]] == []


def test_latin_spellings_are_phrases_of_at_most_three_words() -> None:
    assert [name for name in said("latin") if not LATIN.fullmatch(name) or len(name.split(" ")) > 3] == []


def test_chinese_spellings_are_simplified_words() -> None:
    """One character stands inside thousands of brands; only a word of two or more can be read as its meaning."""
    fold = simplified()
    assert [name for name in said("han") if not HAN.fullmatch(name) or len(name) < 2] == []
    assert [name for name in said("han") if "".join(fold[character] for character in name) != name] == []


@pytest.mark.parametrize("column", ["latin", "han"])
def test_a_spelling_means_one_thing(column: str) -> None:
    assert [spelling for spelling, times in Counter(said(column)).items() if times > 1] == []


def test_spellings_stay_apart_without_their_stop_words() -> None:
    """Names are read without "of" and "the": "sea of stars" is looked up as "sea stars"."""
    stops = {name for row in read_table("org_words") if row["concept"] == "stop" for name in spellings(row["latin"])}
    meanings = defaultdict(set)
    for row in ROWS:
        for name in spellings(row["latin"]):
            meanings[" ".join(word for word in name.split(" ") if word not in stops)].add(row["concept"])
    assert {name: found for name, found in meanings.items() if len(found) > 1 or not name} == {}


@pytest.mark.parametrize("table", OTHERS)
def test_no_spelling_already_stands_in_another_table(table: str) -> None:
    """Those tables are read first; a word in both would be a trade in one script and a brand in the other."""
    taken = {name for row in read_table(table) for name in spellings(row["latin"]) + spellings(row["han"])}
    assert set(said("latin") + said("han")) & taken == set()


def test_no_latin_spelling_is_a_syllable_of_pinyin() -> None:
    """ "Sun" is 太阳 in one brand and 孙, 荪 or 笋 in a hundred others."""
    spoken = syllables()
    assert [name for name in said("latin") if name.replace(" ", "") in spoken] == []


def test_no_latin_spelling_is_a_romanisation() -> None:
    """Pinyin is derived by code and matches on its own; here it would make a sound look like a meaning."""
    read_as_pinyin = {name for name in said("latin") if split_syllables(name.replace(" ", ""))}
    assert read_as_pinyin == ENGLISH


@pytest.mark.parametrize(
    ("latin", "han", "reason"),
    [
        ("great wall", "长城", "the usual rendering"),
        ("golden dragon", "金龙", "the meaning"),
        ("king long", "金龙", "a trade rendering of the same word"),
        ("oriental", "东方", "the usual one of several"),
        ("orient", "东方", "the shorter one"),
        ("red cotton", "红棉", "word for word"),
        ("kapok", "红棉", "the plant"),
        ("yangtze", "扬子江", "an old name of 长江"),
        ("yangtze river", "长江", "the same river"),
        ("double star", "双星", "a number in the brand"),
        ("mount tai", "泰山", "half translated, half romanised"),
        ("blue sky", "蓝天", "a colour and a noun"),
        ("sunshine", "阳光", "not 太阳: sun is a syllable"),
    ],
)
def test_known_meanings(latin: str, han: str, reason: str) -> None:
    assert concepts(latin) == concepts(han) != [], reason
