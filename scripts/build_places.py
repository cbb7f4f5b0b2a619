"""Write app/text/data/places.tsv, the gazetteer that the name reader uses.

    python scripts/build_places.py XINJIANG_FOLDER DIVISIONS_FOLDER

XINJIANG_FOLDER holds `xinjiang_places.jsonl`: the divisions of the Uyghur Region with codes that are newer than the
national table (two counties of 2024, Baiyang of 2023), their Uyghur names (GeoNames, CC BY 4.0) and their ambiguity.
DIVISIONS_FOLDER holds `provinces.json`, `cities.json` and `areas.json`: the division codes of GB/T 2260 as the National
Bureau of Statistics published them for 2023. Spellings and places that neither gives stand beside this script, in
`place_spellings.tsv` and `place_extras.tsv`.

One concept is one Chinese full name. Where several divisions share a full name (城关区) their codes are one list: a name
alone cannot tell them apart. A short name (朝阳) belongs to the highest division that bears it; urban districts have none
unless they are well known, because a district's short name (天山) is far more often somebody's brand.
"""

import argparse
import csv
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from pypinyin import lazy_pinyin, load_phrases_dict, load_single_dict

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

# Districts whose short name means the place first: the homes of exporters, and names that are nobody's brand.
KNOWN_DISTRICTS = set(
    "浦东新区 番禺区 顺德区 南海区 萧山区 余杭区 鄞州区 柯桥区 上虞区 江宁区 武进区 吴江区 宝安区 龙岗区 南沙区 花都区 增城区 海淀区 "
    "松江区 嘉定区 奉贤区 青浦区 闵行区 崇明区 大兴区 顺义区 昌平区 怀柔区 密云区 房山区 平谷区 长乐区 即墨区 城阳区 章丘区 北仑区 "
    "镇海区 黄岩区 椒江区 定海区 旅顺口区 富阳区 临安区 奉化区 江津区 涪陵区 綦江区 沙依巴克区 达坂城区 白碱滩区 乌尔禾区 独山子区 "
    "米东区 头屯河区 水磨沟区 新会区 潮阳区 澄海区 龙华区 坪山区 滨海新区 黄陂区 郫都区 双流区 新津区 丰南区 藁城区 兖州区 文登区 "
    "牟平区 蓬莱区 莱芜区 海沧区 集美区 翔安区 三水区 高明区 高要区 从化区 惠阳区 锡山区 惠山区 金坛区 通州湾区 姜堰区 江都区 "
    "溧水区 高淳区 六合区 浦口区 栖霞区 铜山区 赣榆区 万州区 合川区 永川区 大足区 璧山区 铜梁区 潼南区 荣昌区 开州区 梁平区 武隆区".split()
)
HIGH_PREFECTURES = set(
    "朝阳 大同 白山 白银 白城 吉林 山南 海东 海北 海南 海西 黄南 中山 日照 安康 保山 黄山 三明 长治 来宾 天水 宝鸡 东营 商洛 红河 文山 "
    "大理 安顺 铜仁 永州 通化 泰安 宁德 平凉 金昌 河源 清远 阳江 云浮 江门 北海 南平 龙岩 新余 吉安 上饶 鹤壁 和田 伊犁 塔城 四平 双鸭山 "
    "大庆 伊春 黑河 玉树 玉溪 丽江 丽水 金华 嘉兴 镇江 南通 安庆 池州 新乡 阿里 固原".split()
)
AUSPICIOUS = set(
    "永安新和平兴福富昌盛丰泰康宁乐吉祥瑞宝金隆长顺华东大德仁义文武明光源海清龙凤天太同嘉高通恒信诚美志城阳"
)

# Readings that the dictionary does not know to be places; the short form of the official romanisation.
READINGS = {
    "陕西": "shaan xi", "泊头": "bo tou", "六安": "lu an", "六合": "lu he", "台州": "tai zhou", "天台": "tian tai", "台山": "tai shan", "尉犁": "yu li", "尉氏": "wei shi",
    "莘县": "shen xian", "洪洞": "hong tong", "蚌埠": "beng bu", "蚌山": "beng shan", "番禺": "pan yu", "乐亭": "lao ting",
    "乐陵": "lao ling", "乐清": "yue qing", "乐山": "le shan", "长子": "zhang zi", "单县": "shan xian", "大埔": "da bu", "东阿": "dong e",
    "中牟": "zhong mu", "牟平": "mu ping", "牟定": "mou ding", "涡阳": "guo yang", "铅山": "yan shan", "泌阳": "bi yang", "荥阳": "xing yang",
    "荥经": "ying jing", "繁峙": "fan shi", "蔚县": "yu xian", "井陉": "jing xing", "任丘": "ren qiu", "盱眙": "xu yi", "邗江": "han jiang",
    "枞阳": "zong yang", "砀山": "dang shan", "歙县": "she xian", "黟县": "yi xian", "犍为": "qian wei", "筠连": "jun lian", "监利": "jian li",
    "黄陂": "huang pi", "会理": "hui li", "会泽": "hui ze", "会昌": "hui chang", "会宁": "hui ning", "会同": "hui tong", "会东": "hui dong",
    "沈丘": "shen qiu", "沈阳": "shen yang", "宕昌": "tan chang", "渑池": "mian chi", "浚县": "xun xian", "浒墅关": "xu shu guan",
    "厦门": "xia men", "亳州": "bo zhou", "儋州": "dan zhou", "勐海": "meng hai", "隰县": "xi xian", "岢岚": "ke lan", "汨罗": "mi luo",
    "耒阳": "lei yang", "攸县": "you xian", "郴州": "chen zhou", "秭归": "zi gui", "綦江": "qi jiang", "涪陵": "fu ling", "北碚": "bei bei",
    "垫江": "dian jiang", "珲春": "hun chun", "桦甸": "hua dian", "讷河": "ne he", "柞水": "zha shui", "商洛": "shang luo", "吴堡": "wu bu",
    "张家堡": "zhang jia bu", "瓦窑堡": "wa yao bu", "鄠邑": "hu yi", "栾川": "luan chuan", "武陟": "wu zhi", "睢县": "sui xian",
    "柘城": "zhe cheng", "柘荣": "zhe rong", "漯河": "luo he", "泷水": "shuang shui", "重庆": "chong qing", "长沙": "chang sha",
    "长春": "chang chun", "长治": "chang zhi", "和田": "he tian", "和静": "he jing", "和硕": "he shuo", "和布克赛尔": "he bu ke sai er",
    "巴音郭楞": "ba yin guo leng", "克孜勒苏": "ke zi le su", "拉萨": "la sa", "日喀则": "ri ka ze", "喀什": "ka shi", "喀喇沁": "ka la qin",
    "都匀": "du yun", "都江堰": "du jiang yan", "成都": "cheng du", "曲靖": "qu jing", "曲阜": "qu fu", "曲江": "qu jiang", "阳曲": "yang qu",
    "阿坝": "a ba", "阿里": "a li", "阿克苏": "a ke su", "阿拉善": "a la shan", "石嘴山": "shi zui shan", "吴忠": "wu zhong",
    "行唐": "xing tang", "闵行": "min hang", "太行": "tai hang", "栟茶": "ben cha", "甪直": "lu zhi", "大城": "dai cheng", "朝阳": "chao yang",
    "朝天": "chao tian", "藏县": "zang xian", "临朐": "lin qu", "莒县": "ju xian", "鄄城": "juan cheng", "郯城": "tan cheng",
    "费县": "fei xian", "无棣": "wu di", "茌平": "chi ping", "冠县": "guan xian", "夏津": "xia jin", "获嘉": "huo jia", "获鹿": "huo lu",
    "覃塘": "qin tang", "百色": "bai se", "那坡": "na po", "那曲": "na qu", "硚口": "qiao kou", "洞头": "dong tou", "车城": "che cheng",
    "莎车": "sha che", "库车": "ku che", "疏勒": "shu le", "尼勒克": "ni le ke", "察布查尔": "cha bu cha er", "塔什库尔干": "ta shi ku er gan",
    "侯马": "hou ma", "闽侯": "min hou", "万载": "wan zai", "万柏林": "wan bai lin", "叶城": "ye cheng", "叶县": "ye xian", "解放": "jie fang",
    "盖州": "gai zhou", "葛洲坝": "ge zhou ba", "句容": "ju rong", "溧阳": "li yang", "缙云": "jin yun", "嵊州": "sheng zhou",
    "丽水": "li shui", "台江": "tai jiang", "秀屿": "xiu yu", "铜山": "tong shan", "石柱": "shi zhu", "彭水": "peng shui", "秀山": "xiu shan",
}  # fmt: skip
# characters whose first dictionary reading is not the one in names of places
CHARACTER_READINGS = {"勒": "lè", "什": "shí", "伽": "jiā", "阿": "ā", "嘎": "gā", "噶": "gá", "圪": "gē", "埔": "pǔ", "长": "cháng",
                      "都": "dū", "乐": "lè"}  # fmt: skip
UYGHUR_LEFT_OUT = {"گۇجانباغ", "بەخت يولى", "بېيجىڭ يولى", "بۇلاقتاغ", "قاراسۇ", "قارابۇرا", "مۇغاللا", "ئۈرۈمچی", "شىخەنزە شەھرى",
                   "بەيتۇن قالاشىعى", "توققۇزاق", "تېۋىلغا", "بۆگدۆر"}  # fmt: skip


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


def pinyin(han: str) -> list[str]:
    """Return the toneless syllables of a Chinese name; ü is written v."""
    return [syllable for syllable in lazy_pinyin(han, v_to_u=False) if syllable.isascii()]


def stem_of(full: str, level: str) -> str:
    """Return the short name of a division ("和田" of "和田地区"), or "" where the name has none that stands alone."""
    if full in PROVINCE_STEMS:
        return PROVINCE_STEMS[full]
    if full in KEPT_STEMS:
        return KEPT_STEMS[full]
    if level == "county" and full.endswith("区") and full not in KNOWN_DISTRICTS and full not in KEPT_STEMS:
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
        # codes ending in 71 to 79 are statistical zones, not divisions; their names are long and generic
        if row["name"] == "市辖区" or "7" == row["code"][4]:
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
    """Read the region, prefectures and counties of Xinjiang in force; their pinyin joins READINGS."""
    divisions = []
    for line in (folder / "xinjiang_places.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        if row["level"] not in RANK:
            continue
        full = row["name_zh"]
        READINGS.setdefault(row["stem_zh"], row["pinyin"])
        stem = (
            "" if row["level"] == "county" and full.endswith("区") and full not in KNOWN_DISTRICTS else row["stem_zh"]
        )
        uyghur = [name for name in row["names_ug_arab"] if name not in UYGHUR_LEFT_OUT]
        divisions.append(
            Division(full, row["level"], row["gbt2260"], row["parent_gbt2260"] or "", stem, uyghur, row["ambiguity"])
        )
    return divisions


def read_rows(path: Path) -> list[dict[str, str]]:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def ambiguity_of(division: Division, homonyms: int) -> str:
    """Say how often the short name means something else: low, medium or high."""
    if division.level == "province":
        return "low"
    if division.level == "prefecture":
        return "high" if division.stem in HIGH_PREFECTURES else "medium" if homonyms > 1 else "low"
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

    A county that sounds like a prefecture or province (新绛, 南靖) yields the bare spelling to it, unless it lies in Xinjiang.
    """
    yields = (
        division.level == "county" and not division.code.startswith("65") and "".join(pinyin(division.stem)) in greater
    )
    if owns_stem and not yields:
        joined = "".join(pinyin(division.stem))
        spellings = [joined] if len(joined) > 3 else []
        return (
            spellings + [joined.replace("lv", "lu").replace("nv", "nu")]
            if "lv" in joined or "nv" in joined
            else spellings
        )
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
    load_single_dict({ord(character): reading for character, reading in CHARACTER_READINGS.items()})
    load_phrases_dict({han: [[syllable] for syllable in reading.split()] for han, reading in READINGS.items()})
    spellings = {row["code"]: row for row in read_rows(HERE / "place_spellings.tsv")}
    unknown = spellings.keys() - {division.code for division in divisions} - {"652303"}
    if unknown:
        raise SystemExit(
            f"place_spellings.tsv: no division has the code {', '.join(sorted(unknown))}; correct the code."
        )
    rows = build(divisions, spellings, read_rows(HERE / "place_extras.tsv"))
    lines = ["# Places: divisions of China (GB/T 2260, NBS division codes 2023), their exonyms, zones of Xinjiang, nearby cities.",
             "# Uyghur names and part of the Latin spellings: GeoNames (CC BY 4.0). Written by scripts/build_places.py.",
             "\t".join(COLUMNS)]  # fmt: skip
    lines += ["\t".join(row[column] or "" for column in COLUMNS) for row in rows]
    (DATA / "places.tsv").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
