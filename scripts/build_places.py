"""Write app/text/data/places.tsv, the gazetteer that the name reader uses.

    python scripts/build_places.py XINJIANG_FOLDER DIVISIONS_FOLDER

XINJIANG_FOLDER holds `xinjiang_places.jsonl`: the divisions of the Uyghur Region with codes that are newer than the
national table (two counties of 2024, Baiyang of 2023), their Uyghur names (GeoNames, CC BY 4.0) and their ambiguity.
DIVISIONS_FOLDER holds `provinces.json`, `cities.json` and `areas.json`: the division codes of GB/T 2260 as the National
Bureau of Statistics published them for 2023. Spellings and places that neither gives stand beside this script, in
`place_spellings.tsv` and `place_extras.tsv`.

One concept is one Chinese full name. Where several divisions share a full name (城关区) their codes are one list: a
name alone cannot tell them apart. A short name (朝阳) belongs to the highest division that bears it; urban districts
have none unless they are well known, because a district's short name (天山) is far more often somebody's brand.
"""

import argparse
import csv
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE.parent / "app" / "text" / "data"
COLUMNS = ("concept", "level", "code", "parent", "han", "latin", "uyghur", "ambiguity", "xinjiang")
RANK = {"region": 0, "province": 0, "prefecture": 1, "county": 2}

ETHNIC = (
    "蒙古族|蒙古|回族|藏族|维吾尔族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族|哈萨克|傣族|黎族|"
    "傈僳族|佤族|畲族|高山族|拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯|"
    "阿昌族|普米族|塔吉克|怒族|独龙族|鄂温克族|裕固族|保安族|各族|满洲族"
)
AUTONOMOUS = re.compile(rf"^(.{{2,}}?)(?:(?:{ETHNIC})+)?自治[区州县旗]$")
SUFFIX = re.compile(r"(特别行政区|自治区|地区|林区|特区|新区|矿区|省|市|县|区|盟|旗)$")
PROVINCE_STEMS = {"内蒙古自治区": "内蒙古", "广西壮族自治区": "广西", "宁夏回族自治区": "宁夏"}
KEPT_STEMS = {"鄂温克族自治旗": "鄂温克", "东乡族自治县": "东乡", "景宁畲族自治县": "景宁", "神农架林区": "神农架"}

# characters of good omen: a short name made of these alone is a favourite brand (永安, 兴隆)
AUSPICIOUS = set(
    "永安新和平兴福富昌盛丰泰康宁乐吉祥瑞宝金隆长顺华东大德仁义文武明光源海清龙凤天太同嘉高通恒信诚美志城阳"
)

# names of a neighbourhood or seat, or variants in Persian letters, that GeoNames files under the division
UYGHUR_LEFT_OUT = {
    "گۇجانباغ",
    "بەخت يولى",
    "بېيجىڭ يولى",
    "بۇلاقتاغ",
    "قاراسۇ",
    "قارابۇرا",
    "مۇغاللا",
    "ئۈرۈمچی",
    "شىخەنزە شەھرى",
    "بەيتۇن قالاشىعى",
    "توققۇزاق",
    "تېۋىلغا",
    "بۆگدۆر",
}


@dataclass
class Division:
    """One mainland division as the standards give it: full name, short name, level and six-digit codes."""

    full: str
    level: str
    code: str
    parent: str
    stem: str = ""
    uyghur: list[str] = field(default_factory=list)
    ambiguity: str = ""


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a table; lines that begin with # are comments."""
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="	", quoting=csv.QUOTE_NONE))


MARKS = {row["han"]: row["mark"] for row in read_rows(HERE / "place_marks.tsv")}
READING = {row["char"]: row["readings"].split("|")[0] for row in read_rows(DATA / "han.tsv")}
# the official spelling of 陕西 doubles its vowel to tell it from 山西
PHRASES = {row["han"]: row["pinyin"].split() for row in read_rows(DATA / "han_phrases.tsv")} | {"陕西": ["shaan", "xi"]}
LONGEST_PHRASE = max(map(len, PHRASES))


@cache
def pinyin(han: str) -> tuple[str, ...]:
    """Return the toneless syllables of a Chinese name, longest known phrase first; ü is written v."""
    syllables: list[str] = []
    at = 0
    while at < len(han):
        phrase = next((han[at:to] for to in range(at + LONGEST_PHRASE, at + 1, -1) if han[at:to] in PHRASES), han[at])
        syllables += PHRASES.get(phrase) or [READING[phrase]]
        at += len(phrase)
    return tuple(syllables)


def stem_of(full: str, level: str) -> str:
    """Return the short name of a division ("和田" of "和田地区"), or "" where the name has none that stands alone."""
    if MARKS.get(full) == "common-word":
        return ""
    if full in PROVINCE_STEMS:
        return PROVINCE_STEMS[full]
    if full in KEPT_STEMS:
        return KEPT_STEMS[full]
    if level == "county" and full.endswith("区") and MARKS.get(full) != "known-district":
        return ""
    found = AUTONOMOUS.match(full)
    stem = found.group(1) if found else SUFFIX.sub("", full)
    return stem if len(stem) >= 2 else ""


def load_divisions(folder: Path) -> list[Division]:
    """Read provinces, prefectures and counties of the national table (without Xinjiang)."""
    divisions = []
    for row in json.loads((folder / "provinces.json").read_text("utf-8")):
        divisions.append(Division(row["name"], "province", row["code"] + "0000", ""))
    for row in json.loads((folder / "cities.json").read_text("utf-8")):
        if row["name"] != "市辖区" and row["name"] != "县" and "直辖" not in row["name"]:
            divisions.append(Division(row["name"], "prefecture", row["code"] + "00", row["provinceCode"] + "0000"))
    prefectures = {division.code for division in divisions}
    for row in json.loads((folder / "areas.json").read_text("utf-8")):
        # codes ending in 71 to 79 are statistical zones, not divisions, with long and generic names; a prefecture
        # without counties (东莞) stands in the table of counties once more
        if row["name"] == "市辖区" or row["code"][4] == "7" or row["code"] in prefectures:
            continue
        parent = row["cityCode"] + "00"
        divisions.append(
            Division(
                row["name"], "county", row["code"], parent if parent in prefectures else row["provinceCode"] + "0000"
            )
        )
    divisions = [division for division in divisions if not division.code.startswith("65")]
    for division in divisions:
        division.stem = stem_of(division.full, division.level)
    return divisions


def load_xinjiang(folder: Path) -> list[Division]:
    """Read the region, prefectures and counties of Xinjiang in force."""
    divisions = []
    for line in (folder / "xinjiang_places.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["level"] not in RANK:
            continue
        full = row["name_zh"]
        stem = (
            ""
            if row["level"] == "county" and full.endswith("区") and MARKS.get(full) != "known-district"
            else row["stem_zh"]
        )
        uyghur = [name for name in row["names_ug_arab"] if name not in UYGHUR_LEFT_OUT]
        divisions.append(
            Division(full, row["level"], row["gbt2260"], row["parent_gbt2260"] or "", stem, uyghur, row["ambiguity"])
        )
    return divisions


def ambiguity_of(division: Division, homonyms: int) -> str:
    """Say how often the short name means something else: low, medium or high."""
    if division.level == "province":
        return "low"
    if division.level == "prefecture":
        return "high" if division.stem in MARKS else "medium" if homonyms > 1 else "low"
    if division.full.endswith("区"):
        return "medium" if division.stem else "high"
    if not division.stem:
        return "high"
    if len(division.stem) > 2 and homonyms == 1:
        return "low"
    return "high" if homonyms > 2 or set(division.stem) <= AUSPICIOUS else "medium"


ENGLISH_SUFFIX = {
    "市": ("shi", "city"),
    "县": ("xian", "county"),
    "区": ("qu", "district"),
    "州": ("zhou", "prefecture"),
    "旗": ("qi", "banner"),
}


def latin_of(division: Division, owns_stem: bool, greater: set[str]) -> list[str]:
    """Return the pinyin spellings; the bare one only where the division owns its short name and it is long enough.

    A county that sounds like a prefecture or province (新绛, 南靖) yields the bare spelling, unless it is in Xinjiang.
    """
    yields = (
        division.level == "county" and not division.code.startswith("65") and "".join(pinyin(division.stem)) in greater
    )
    if owns_stem and not yields:
        joined = "".join(pinyin(division.stem))
        return list(dict.fromkeys([joined, joined.replace("lv", "lu").replace("nv", "nu")])) if len(joined) > 3 else []
    stem = stem_of(division.full, "prefecture") or division.full[:-1]
    joined = "".join(pinyin(stem))
    suffix = ENGLISH_SUFFIX.get(division.full[-1])
    return [f"{joined} {word}" for word in suffix] if suffix else []


def build(
    divisions: list[Division], spellings: dict[str, dict[str, str]], extras: list[dict[str, str]]
) -> list[dict[str, str]]:
    """Turn divisions into rows, one for each Chinese full name, with the hand-made spellings and places merged in."""
    divisions = sorted(divisions, key=lambda division: (RANK[division.level], division.code))
    owner: dict[str, str] = {name: extra["concept"] for extra in extras for name in extra["han"].split("|")}
    same_name: dict[str, list[Division]] = defaultdict(list)
    for division in divisions:
        same_name[division.full].append(division)
    for full in same_name:
        owner[full] = full
    for division in divisions:
        if division.stem:
            owner.setdefault(division.stem, division.full)
    sound = Counter("".join(pinyin(stem)) for stem in {division.stem for division in divisions if division.stem})
    greater = {"".join(pinyin(division.stem)) for division in divisions if division.stem and division.level != "county"}
    taken: dict[str, str] = {}
    rows = []
    for full, same in same_name.items():
        first = same[0]
        owns_stem = bool(first.stem) and owner[first.stem] == full
        extra_names = [spellings.get(division.code, {}) for division in same]
        han = [full] + ([first.stem] if owns_stem else [])
        han += [
            name
            for more in extra_names
            for name in more.get("han", "").split("|")
            if name and owner.get(name, full) == full
        ]
        latin = latin_of(first, owns_stem, greater)
        latin += [name for more in extra_names for name in more.get("latin", "").split("|") if name]
        uyghur = [name for more in extra_names for name in more.get("uyghur", "").split("|") if name]
        uyghur += [name for division in same for name in division.uyghur if division.level != "region"]
        ambiguity = next((more["ambiguity"] for more in extra_names if more.get("ambiguity")), first.ambiguity)
        rows.append(
            {
                "concept": "".join(pinyin(first.stem)) if owns_stem else slug(full),
                "level": first.level,
                "code": "|".join(division.code for division in same),
                "parent": "|".join(dict.fromkeys(division.parent for division in same if division.parent)),
                "han": "|".join(dict.fromkeys(han)),
                "latin": "|".join(dict.fromkeys(latin)),
                "uyghur": "|".join(dict.fromkeys(name for name in uyghur if taken.setdefault(name, full) == full)),
                "ambiguity": ambiguity or ambiguity_of(first, sound["".join(pinyin(first.stem))] if first.stem else 1),
                "xinjiang": "yes" if all(division.code.startswith("65") for division in same) else "",
            }
        )
    rows = number_clashes(rows) + extras
    return sorted(rows, key=lambda row: row["concept"])


def slug(full: str) -> str:
    """Return "chaoyang-qu" for 朝阳区: the pinyin of the name, its last character set apart."""
    syllables = pinyin(full)
    return "".join(syllables[:-1]) + "-" + syllables[-1]


def number_clashes(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Make concepts unique: homonyms of one level all carry their first code (fuzhou-350100, fuzhou-361000).

    A single province or prefecture keeps the plain concept and its lesser homonyms are numbered.
    """
    ranks: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        ranks[row["concept"]].append(RANK[row["level"]])
    for row in rows:
        same = ranks[row["concept"]]
        if same.count(min(same)) > 1 or RANK[row["level"]] > min(same):
            row["concept"] += "-" + row["code"].split("|")[0]
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the gazetteer of the name reader.")
    parser.add_argument("xinjiang", type=Path, help="folder with xinjiang_places.jsonl")
    parser.add_argument("divisions", type=Path, help="folder with provinces.json, cities.json and areas.json")
    arguments = parser.parse_args()
    divisions = load_divisions(arguments.divisions) + load_xinjiang(arguments.xinjiang)
    spellings = {row["code"]: row for row in read_rows(HERE / "place_spellings.tsv")}
    unknown = spellings.keys() - {division.code for division in divisions} - {"652303"}
    if unknown:
        raise SystemExit(
            f"place_spellings.tsv: no division has the code {', '.join(sorted(unknown))}; correct the code."
        )
    rows = build(divisions, spellings, read_rows(HERE / "place_extras.tsv"))
    lines = ["# Places: divisions of China (GB/T 2260, NBS division codes 2023), exonyms, zones of Xinjiang.",
             "# Uyghur names and some Latin spellings: GeoNames (CC BY 4.0). Written by scripts/build_places.py.",
             "\t".join(COLUMNS)]  # fmt: skip
    lines += ["\t".join(row[column] or "" for column in COLUMNS) for row in rows]
    (DATA / "places.tsv").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
