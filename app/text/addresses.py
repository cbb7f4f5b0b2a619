"""Where a name ends and an address begins.

A name is cut only behind a legal form, or before what can only be an address ("ROOM 5", "NO. 7 X ROAD"); never where
the rest goes on naming the body: "Co., Ltd. Shenzhen Branch", "Corporation No. 28 Institute", "No. 1 Cotton Mill".
"""

from __future__ import annotations

import re
from functools import cache

from app.text.lexicon import lexicon
from app.text.name import TokenKind
from app.text.tables import read_table, spellings

HAN = "\u3400-\u9fff\uf900-\ufaff"
_EDGE = " \t\r\n,，.;；:：、-–—"

_STREET = (
    r"roads?|rd|streets?|strasse|straße|straat|avenue|ave|boulevard|blvd|lane|ln|alley|highway|hwy|expressway|hutong"
    r"|\w{2,}(?:strasse|straße|straat|laan|gasse|plein)|rue|calle|via|viale|piazza|xilu|donglu|nanlu|beilu|zhonglu|lu|dadao"
)
_INSIDE = r"floor|flr|fl|room|rm|unit|suite|ste|flat|building|bldg|tower|block|blk|plaza|mansion|wing|lot"
_INSIDE += r"|plot|p\.?\s?o\.?\s?box"
_AREA = (
    r"district|dist|village|town|township|county|prefecture|province|prov|industrial\s+(?:zone|park|estate|area)|science\s+park"
    r"|development\s+zone|economic\s+zone|free\s+zone|zip|post\s?code|postal\s+code"
)
_STREETS = re.compile(rf"\b(?:{_STREET})\b", re.IGNORECASE)
_WORDS = re.compile(rf"\b(?:{_STREET}|{_INSIDE}|{_AREA}|tel|fax|attn|attention|contact|e-?mail)\b", re.IGNORECASE)
_NUMBERS = re.compile(r"\b\d{1,3}\s?/?f\b|#\s?\d|\b\d{5,6}\b|\b\d+(?:st|nd|rd|th)\s+fl", re.IGNORECASE)
_ORG = re.compile(  # what a body that belongs to another one is called
    r"\b(?:branch|institute|academy|factory|plant|works|ironworks|steelworks|mills?|mine|farm|ranch|company|co|warehouse|group"
    r"|division|subsidiary|corps|regiment|bureau|office|department|hospital|school|university|college|cent(?:er|re)|prison"
    r"|brigade|team|workshop|laboratory|station|refinery|depot|reserve|library|ltd|limited|inc)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"(?:add(?:ress|r)?\s*[:：.]|(?:(?:公司|单位|注册|联系)?地址|住所)\s*[:：]?)\s*", re.IGNORECASE)
# Where an address can begin although no legal form stands before it.
_BEGINS = re.compile(
    r"(?<=[\s,，;；(（.])(?=(?P<no>no\.?\s?\d)"
    r"|(?:room|rm|unit|suite|ste|flat|floor)\.?\s*(?:no\.?\s*)?(?:[a-z]?-?\d|[a-z]\b)|(?:block|blk|building|bldg|tower)\.?\s*\d"
    r"|\d+(?:st|nd|rd|th)\s+(?:floor|fl)\b|\d{1,3}\s?/?f\b|#\s?\d|p\.?\s?o\.?\s?box\b|\d[\d-]*\s+\w|attn\b|add(?:ress|r)?\s*[:：.]"
    r"|(?:公司|注册|联系)?地址)",
    re.IGNORECASE,
)
_HAN_ORG = r"(?:公司|集团|集團|厂|廠|合作社|商行|经营部|研究所|研究院|设计院|中心|工作室|事务所|银行|农场|学校|學校)"
_HAN_ORG_END = re.compile(rf"{_HAN_ORG}$")
_HAN_BODY_END = re.compile(r"(?:公司|集团|厂|社|行|部|店|所|院|中心|室|站|队|处|局|基地|学校|园区管委会)$")
_HAN_EVIDENCE = re.compile(
    r"省|自治区|市|地区|区|县|縣|旗|镇|鎮|乡|村|路|街|大道|巷|弄|号|號|楼|樓|栋|幢|室|层|大厦|广场|邮编|\d{6}"
)


_HAN_SPACED = re.compile(rf"(?P<name>[{HAN}()（）]{{4,}})\s+(?P<address>[{HAN}]+\s*\d.*)")  # a number is in the address


def split_address(text: str) -> tuple[str, str]:
    """(name, address); the address is empty where none begins for certain."""
    for end in _ends_of_names(text):
        cut = _cut(text, end)
        if cut:
            return cut
    spaced = _HAN_SPACED.fullmatch(text)
    if spaced is not None and is_han_address(spaced["address"]):
        return spaced["name"], spaced["address"]
    for begin in _BEGINS.finditer(text):
        if _begins_address(text, begin):
            return text[: begin.start()].rstrip(_EDGE + "(（"), _tidied(text[begin.start() :])
    return text, ""


def is_address(text: str) -> bool:
    """Whether a text that stands behind a complete name is an address, or says where: "Hotan, Xinjiang, China"."""
    if _LABEL.match(text):
        return True
    if _goes_on_naming(text):
        return False
    return bool(_WORDS.search(text) or _NUMBERS.search(text)) or is_han_address(text) or is_place(text)


def is_han_address(text: str) -> bool:
    text = text.rstrip(" )）。.")
    return len(_HAN_EVIDENCE.findall(text)) >= 2 and (_HAN_BODY_END.search(text) is None or text.endswith("室"))


def is_place(text: str) -> bool:
    """Whether it is a line of known places, "Hotan, Xinjiang". One alone may be a part of the name: "(China)"."""
    parts = [part for part in re.split(r"[,，;；/()（）]", text) if part.strip(_EDGE)]
    return len(parts) > 1 and all(_is_one_place(part) for part in parts)


def ends_with_legal_form(text: str) -> bool:
    text = text.rstrip(_EDGE + ")）")
    ends = [match.end() for match in legal_forms().finditer(text)]
    return bool(ends and ends[-1] == len(text)) or _HAN_ORG_END.search(text) is not None


def is_only_legal_form(text: str) -> bool:
    """ "CO., LTD", "& Co. KG": what never is a name on its own."""
    return not re.sub(r"[\W\d_]|\band\b", "", legal_forms().sub("", text), flags=re.IGNORECASE)


@cache
def legal_forms() -> re.Pattern[str]:
    """Latin legal forms, longest first, with whatever punctuation forms are written with."""
    words = {word for row in read_table("legal_forms") for word in spellings(row["latin"])}
    by_letter: dict[str, list[str]] = {}  # one look at the first letter rules out nearly all of them
    for word in sorted(words, key=lambda word: (-len(word), word)):
        if _is_telling(word):
            by_letter.setdefault(word[0], []).append(_as_written(word)[1:])
    alternatives = "|".join(f"{letter}(?:{'|'.join(rests)})" for letter, rests in by_letter.items())
    return re.compile(rf"(?:(?<![^\W\d_])|(?<=[^\W\d_])(?=co\W+l))(?:{alternatives})(?![^\W\d_])\.?", re.IGNORECASE)


def _is_telling(word: str) -> bool:
    """Short ones are words as well ("as", "se", "pat"); a dotted one ("s p a") is not."""
    return (
        len(word) > 3
        or " " in word
        or word in {"co", "ltd", "inc", "llc", "plc", "ag", "bv", "nv", "oy", "kk", "spa", "srl"}
    )


def _as_written(word: str) -> str:
    letters = word.split(" ")
    if all(len(letter) == 1 for letter in letters):
        return r"[./]\s?".join(letters)
    return r"\W*".join(letters)  # a set of punctuation instead would take five times as long to compile


def _ends_of_names(text: str) -> list[int]:
    """Positions behind a legal form, Latin or Chinese, from the left."""
    ends = [match.end() for match in legal_forms().finditer(text)]
    ends += [match.end() for match in re.finditer(_HAN_ORG, text)]
    return sorted(ends)


def _cut(text: str, end: int) -> tuple[str, str] | None:
    """Cuts behind the name that ends there, if what follows is an address."""
    name, rest = text[:end], text[end:]
    following = rest.lstrip(_EDGE)
    bare = following.lstrip("(（ ")
    if not re.search(r"\w", bare) or is_only_legal_form(bare):
        return None
    set_off = following == bare and len(following) < len(rest)
    if is_address(bare) or (set_off and _is_han_place(bare)):
        return name, _tidied(following)
    return None


def _is_han_place(text: str) -> bool:
    """One sign of an address is enough where a space stands before it: "某某公司 乌鲁木齐市"."""
    return (
        re.match(f"[{HAN}]", text) is not None and bool(_HAN_EVIDENCE.search(text)) and not _HAN_BODY_END.search(text)
    )


def _begins_address(text: str, begin: re.Match[str]) -> bool:
    before, rest = text[: begin.start()], text[begin.start() :]
    if len(re.findall(r"[^\W\d_]", before)) < 4 or _WORDS.search(before):
        return False
    if _LABEL.match(rest) or re.match(r"attn\b|p\.?\s?o\.?\s?box\b", rest, re.IGNORECASE):
        return True
    first, _, later = rest.partition(",")
    set_off = before.rstrip(" ").endswith((",", "，", ";", "；", "(", "（"))
    if begin["no"] is not None:
        if _STREETS.search(first):
            return True
        return set_off and not _ORG.search(first) and bool(_WORDS.search(later) or _NUMBERS.search(later))
    if rest[0] in "0123456789#":  # "123 Main Street", "6F., NO. 2 X ROAD", but not "841 Cotton Transfer Warehouse"
        floor = _NUMBERS.match(rest) is not None
        return (set_off and (floor or bool(_STREETS.search(first)))) or (floor and bool(_WORDS.search(rest)))
    return not _goes_on_naming(rest)


def _goes_on_naming(text: str) -> bool:
    """Whether the first part names a part of the body: "Shenzhen Branch", "No. 2 Factory", but not "Factory Road"."""
    first = re.split(r"[,，]", text, maxsplit=1)[0]
    organs = [match.end() for match in _ORG.finditer(first)]
    return bool(organs) and not _STREETS.search(first) and not _WORDS.search(first[organs[-1] :])


def _is_one_place(text: str) -> bool:
    words = re.sub(r"[^\w]+", " ", text.casefold()).split()
    words = [word for word in words if not word.isdigit()]
    known = lexicon()
    if not words:
        return True
    for table in (known.latin, known.han):
        word = table.get(" ".join(words))
        if word is not None and (word.kind is TokenKind.PLACE or word.concept == "china"):
            return True
    return False


def _tidied(address: str) -> str:
    """Without its label, and without brackets that hold all of it."""
    address = address.strip(_EDGE)
    if address[:1] in "(（" and address[-1:] in ")）":
        address = address[1:-1]
    return address[label.end() :] if (label := _LABEL.match(address)) else address
