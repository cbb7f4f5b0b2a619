"""Pedantic checks of the hand-made tables in app/text/data: a doubtful spelling there is a wrong match everywhere."""

import re
from collections import defaultdict

import pytest

from app.lists.sources import bundled_sources
from app.text.latin import fold
from app.text.tables import DATA, read_table, spellings

HEADERS = {
    "legal_forms": "concept latin han",
    "org_words": "concept latin han",
    "industries": "concept latin han note",
    "places": "concept level code parent han latin uyghur ambiguity xinjiang",
    "groups": "concept latin han source seen on",
    "brands": "latin han source seen on",
    "meanings": "concept latin han",
    "abbreviations": "latin expansion",
    "han": "char simplified readings",
    "han_phrases": "han pinyin",
    "hearing": "part of price spellings",
    "division_history": "code han latin valid_from valid_to",
    "mid_cities": "triple places specificity elsewhere",
    "phone_areas": "area concept",
    "region_words": "kind words reason",
    "near_trades": "trades why",
}
SMALLEST = {
    "legal_forms": 50,
    "org_words": 45,
    "industries": 450,
    "places": 3000,
    "groups": 70,
    "brands": 400,
    "hearing": 150,
    "meanings": 400,
    "abbreviations": 150,
    "han": 20000,
    "han_phrases": 300,
    "division_history": 60,
    "mid_cities": 250,
    "phone_areas": 16,
    "region_words": 30,
    "near_trades": 30,
}
KEYED_BY_PAIR = {"brands", "division_history", "region_words"}
WORD_TABLES = ("legal_forms", "org_words", "industries")
LATIN = re.compile(r"[a-z0-9]+( [a-z0-9]+)*")
HAN = re.compile(r"[\u3400-\u9fff〇]+")
_LISTED = r"(SSE|SZSE|BSE) \d{6}|HKEX \d{4}|(NYSE|Nasdaq) [A-Z]+"
_SITE = r"[a-z0-9-]+(\.[a-z0-9-]+)+|annual report of .+"
CITED = (
    (r"two lists", _LISTED),
    (r"listing", r"[a-z-]+/[a-z0-9-]+"),
    (r"page", r"https?://\S+|github\.com/[\w-]+/[\w-]+ \S+|Wikidata Q\d+"),
    (r"dictionary", r"CC-CEDICT"),
    (r"1 text|([2-9]|10) texts", f"{_LISTED}|{_SITE}"),
)
"""How a pair of names was seen, and the records that it can be seen in so."""
CONCEPT = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


def rows(table: str) -> list[dict[str, str]]:
    return list(read_table(table))


def simplified() -> dict[str, str]:
    return {row["char"]: row["simplified"] or row["char"] for row in rows("han")}


def syllables() -> set[str]:
    return {reading for row in rows("han") for reading in spellings(row["readings"])}


def test_every_table_is_described_and_no_other_lies_there() -> None:
    assert {path.stem for path in DATA.glob("*.tsv")} == set(HEADERS)
    readme = (DATA / "README.md").read_text("utf-8")
    assert [name for name in HEADERS if f"`{name}.tsv`" not in readme] == []


@pytest.mark.parametrize("table", HEADERS)
def test_format(table: str) -> None:
    text = (DATA / f"{table}.tsv").read_text("utf-8")
    lines = text.splitlines()
    comments = [line for line in lines if line.startswith("#")]
    assert comments, "a table names its sources in comments"
    assert lines[: len(comments)] == comments, "comments stand on top"
    assert lines[len(comments)] == HEADERS[table].replace(" ", "\t")
    body = lines[len(comments) + 1 :]
    assert len(body) >= SMALLEST[table]
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    width = HEADERS[table].count(" ")
    assert [line for line in body if line.count("\t") != width] == []
    cells = [cell for line in body for cell in line.split("\t")]
    assert [cell for cell in cells if cell != cell.strip() or "  " in cell or "||" in cell or cell.endswith("|")] == []
    assert [cell for cell in cells if len(set(cell.split("|"))) != len(cell.split("|"))] == [], "a cell repeats itself"


@pytest.mark.parametrize("table", HEADERS)
def test_sorted_without_duplicates(table: str) -> None:
    width = 3 if table == "hearing" else 2 if table in KEYED_BY_PAIR else 1
    keys = [tuple(row.values())[:width] for row in rows(table)]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("table", [*WORD_TABLES, "groups", "places"])
def test_concepts_and_spellings_are_normalised(table: str) -> None:
    fold = simplified()
    for row in rows(table):
        assert CONCEPT.fullmatch(row["concept"]), row["concept"]
        assert [name for name in spellings(row["latin"]) if not LATIN.fullmatch(name)] == [], row["concept"]
        for name in spellings(row["han"]):
            assert HAN.fullmatch(name), name
            assert "".join(fold[character] for character in name) == name, f"{name} is not simplified"
        assert row["latin"] or row["han"], f"{row['concept']} has no spelling"


@pytest.mark.parametrize("table", [*WORD_TABLES, "groups"])
def test_a_spelling_means_one_thing_in_a_table(table: str) -> None:
    concepts = defaultdict(set)
    for row in rows(table):
        for name in spellings(row["latin"]) + spellings(row["han"]):
            concepts[name].add(row["concept"])
    assert {spelling: found for spelling, found in concepts.items() if len(found) > 1} == {}


def test_a_spelling_means_one_thing_across_the_word_tables() -> None:
    concepts = defaultdict(set)
    for table in (*WORD_TABLES, "groups"):
        for row in rows(table):
            for name in spellings(row["latin"]) + spellings(row["han"]):
                concepts[name].add((table, row["concept"]))
    twice = {spelling: found for spelling, found in concepts.items() if len(found) > 1}
    assert set(twice) == {"fengongsi", "fen gongsi", "分公司"}, "only the branch office is a form and an organisation"
    assert {concept for found in twice.values() for _, concept in found} == {"branch"}


def test_words_about_regions_are_spellings_of_places() -> None:
    """A rating of a spelling that no place has would never be used."""
    known = {
        name for row in rows("places") if row["xinjiang"] for name in spellings(row["latin"]) + spellings(row["han"])
    }
    rated = {
        name
        for row in rows("region_words")
        if row["kind"] in ("clear", "usual", "doubtful")
        for name in spellings(row["words"])
    }
    assert rated - known == set()
    kinds = defaultdict(set)
    for row in rows("region_words"):
        for name in spellings(row["words"]):
            if row["kind"] in ("clear", "usual", "doubtful"):
                kinds[name].add(row["kind"])
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}


def test_telephone_areas_are_of_places_of_xinjiang() -> None:
    known = {row["concept"] for row in rows("places") if row["xinjiang"]}
    assert {row["concept"] for row in rows("phone_areas")} <= known


def test_places_are_no_trade_or_organisation_words() -> None:
    words = {
        name for table in WORD_TABLES for row in rows(table) for name in spellings(row["latin"]) + spellings(row["han"])
    }
    places = {name for row in rows("places") for name in spellings(row["latin"]) + spellings(row["han"])}
    assert words & places == set()


@pytest.mark.parametrize("table", ["org_words", "industries"])
def test_no_latin_spelling_is_a_lone_pinyin_syllable(table: str) -> None:
    """ "Can", "fan" or "die" would be cut out of a spaced brand; "eng" (鞥) is a syllable of no brand."""
    spoken = syllables() - {"eng"}
    stops = {"of", "to", "by", "in", "on", "at", "the", "and", "for", "from", "with", "its", "und"}
    found = {name for row in rows(table) for name in spellings(row["latin"])} & spoken - stops
    assert found == set()


def test_industry_words_are_long_enough_to_stand_inside_a_brand() -> None:
    assert [name for row in rows("industries") for name in spellings(row["han"]) if len(name) < 2] == []


@pytest.mark.parametrize(
    ("table", "spelling", "concept"),
    [
        ("legal_forms", "co ltd", "limited"),
        ("legal_forms", "股份有限公司", "joint_stock"),
        ("legal_forms", "有限责任公司", "llc"),
        ("legal_forms", "sdn bhd", "sdn_bhd"),
        ("org_words", "集团", "group"),
        ("org_words", "grp", "group"),
        ("org_words", "厂", "factory"),
        ("industries", "科技", "technology"),
        ("industries", "技术", "technology"),
        ("industries", "imp and exp", "import_export"),
        ("industries", "进出口", "import_export"),
        ("industries", "aluminum", "aluminium"),
        ("industries", "铝业", "aluminium"),
        ("industries", "发饰", "hair_products"),
        ("industries", "hair accessories", "hair_products"),
        ("industries", "服饰", "apparel"),
        ("industries", "garment", "apparel"),
        ("industries", "polysilicon", "polysilicon"),
        ("groups", "中车", "crrc"),
        ("groups", "cofco", "cofco"),
    ],
)
def test_known_words(table: str, spelling: str, concept: str) -> None:
    found = [row["concept"] for row in rows(table) if spelling in spellings(row["latin"]) + spellings(row["han"])]
    assert found == [concept]


def test_group_words_are_not_part_of_a_legal_form() -> None:
    """集团有限公司 must read as group + limited, or a group and its subsidiary would differ in legal form only."""
    forms = [name for row in rows("legal_forms") for name in spellings(row["han"])]
    assert [name for name in forms if "集团" in name or "厂" in name] == []


def test_brands_name_both_scripts() -> None:
    fold = simplified()
    brands = rows("brands")
    for row in brands:
        assert LATIN.fullmatch(row["latin"]), row
        assert HAN.fullmatch(row["han"]), row
        assert "".join(fold[character] for character in row["han"]) == row["han"], row
    chinese = [row["han"] for row in brands]
    assert len(set(chinese)) == len(chinese), "a Chinese brand has one English name"


def uncited(row: dict[str, str]) -> bool:
    """Whether a row lacks a public record, a way in which it was seen there, or the day."""
    return not any(re.fullmatch(seen, row["seen"]) and re.fullmatch(cited, row["source"]) for seen, cited in CITED) or (
        not re.fullmatch(r"20\d\d-[01]\d-[0-3]\d", row["on"])
    )


@pytest.mark.parametrize("table", ["brands", "groups"])
def test_every_brand_was_seen_in_a_public_record(table: str) -> None:
    """A pair from memory would make strong matches of what nobody has read."""
    assert [row for row in rows(table) if uncited(row)] == []


@pytest.mark.parametrize(
    ("source", "seen", "on"),
    [
        ("", "two lists", "2026-11-24"),
        ("known", "texts", "2026-11-24"),
        ("longi.com", "two lists", "2026-11-24"),
        ("SSE 601012", "", "2026-11-24"),
        ("SSE 601012", "two lists", ""),
        ("SSE 601012", "0 texts", "2026-11-24"),
        ("https://example.org/names", "page", "today"),
    ],
    ids=["no-source", "hearsay", "site-for-lists", "not-seen", "no-day", "no-text", "no-date"],
)
def test_a_brand_without_a_citation_is_refused(source: str, seen: str, on: str) -> None:
    assert uncited({"source": source, "seen": seen, "on": on})


def test_a_listing_that_a_brand_cites_has_both_names() -> None:
    listings = {listing.id: listing for source in bundled_sources() for listing in source.load().listings}
    cited = [row for table in ("brands", "groups") for row in rows(table) if row["seen"] == "listing"]
    assert cited
    for row in cited:
        listing = listings[row["source"]]
        latin = [fold(name) for name in (listing.name, *(alias.name for alias in listing.aliases))]
        assert any(name.replace(" ", "") in known for name in spellings(row["latin"]) for known in latin), row
        assert any(name in native.name for name in spellings(row["han"]) for native in listing.native_names), row


def test_abbreviations_expand_to_words_and_agree_with_the_glossary() -> None:
    meaning = {
        name: (table, row["concept"])
        for table in WORD_TABLES
        for row in rows(table)
        for name in spellings(row["latin"])
    }
    for row in rows("abbreviations"):
        short, long = row["latin"], row["expansion"]
        assert LATIN.fullmatch(short), row
        assert LATIN.fullmatch(long), row
        assert len(short.replace(" ", "")) < len(long.replace(" ", "")), row
        assert meaning.get(short, meaning.get(long)) == meaning.get(long), (
            f"{short} means something else in the glossary"
        )
