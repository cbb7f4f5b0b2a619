"""Names as the lists want them: slugs, clean spellings, aliases without repeats, and which aliases are weak."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from app.lists.model import Alias, AliasKind

_LEGAL_FORM = re.compile(
    r"[\s,.]+(co|company|corp|corporation|inc|llc|ltd|limited)\b(?=[\s,.]*((co|company|ltd|limited|inc|llc)\b[\s,.]*)*$)",
    re.IGNORECASE,
)

# Short or generic names that would match companies of the same word: they count only when they match exactly.
_WEAK = {
    "Baiyin Nonferrous", "Baiyin Nonferrous Metals Company", "Bingtuan", "CN BIO", "Carbon Element Technology",
    "Deep Net Vision", "Deep Network Vision", "Dunhe Foods", "HY Solar",
    "Heze Cotton and Linen Trading Development General Company", "JWD Technology", "Jiangyin United Transport Co.",
    "KTK Holding", "Liang Technology", "Lion Technology", "Meike Co.", "New Life Labor Factory",
    "Public Security Department of the Autonomous Region", "Qinghai Fur and Cloth Factory",
    "Qinghai Leather and Wool Bedding and Garment Factory", "Septwolves", "Shandong Gold", "Shenzhen Net Vision",
    "Shenzhen Vision", "Shimge Pump Industry Group Co., Ltd.", "The Corps", "Tian Aluminum Co., Ltd.",
    "Twinings Bio", "Union Biotech", "XPCC PSB", "Xinjiang Corps", "Xinjiang Nonferrous",
    "Xinjiang Nonferrous Metal Industry Co.",
    "Xinjiang Production and Construction Corporation", "Xinsheng Chemical Factory", "Xinsheng Labor Factory",
    "Xuanda Food",
    "Yixin Technology", "Yuxin Science and Technology", "Yuxin Technology", "Zhongxinjian",
}  # fmt: skip
_SHORTEST_TELLING_WORD = 7


def slug(name: str) -> str:
    """`hetian-taida-apparel` of "Hetian Taida Apparel Co., Ltd."."""
    previous, bare = "", re.sub(r",? Co\., Ltd\.(?=,)|\([A-Z]{3,}\)", "", name).strip()
    while bare != previous:
        previous, bare = bare, _LEGAL_FORM.sub("", bare).strip(" ,.")
    ascii_name = unicodedata.normalize("NFKD", bare).replace("&", " and ").encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name.lower().replace("'", "")).strip("-")


def key(name: str) -> str:
    """What two spellings of one name have in common."""
    return re.sub(r"\W+", "", unicodedata.normalize("NFKC", name).replace("&", "and").casefold())


def is_weak(name: str) -> bool:
    words = name.split()
    return name in _WEAK or (len(words) == 1 and len(key(name)) < _SHORTEST_TELLING_WORD)


def aliases(name: str, candidates: Iterable[tuple[str, AliasKind]]) -> tuple[Alias, ...]:
    """The candidates without repeats of the name or of each other; short and generic ones are weak."""
    seen = {key(name)}
    out = []
    for candidate, kind in candidates:
        if key(candidate) not in seen:
            seen.add(key(candidate))
            out.append(Alias(candidate, kind, weak=is_weak(candidate)))
    return tuple(out)


def ordinary_case(name: str) -> str:
    """OFAC prints names of organisations in capitals."""
    if not name.isupper():
        return name
    small = {"and", "of", "the"}
    words = [word if word in ("XUAR", "XPCC") else word.capitalize() for word in name.split()]
    return " ".join(w.lower() if i and w.lower() in small else w for i, w in enumerate(words))


def person(name: str) -> str:
    """A name in the order "surname given", without comma and capitals: "CHEN, Quanguo" is "Chen Quanguo"."""
    return " ".join(word.capitalize() for word in name.replace(",", " ").split())
