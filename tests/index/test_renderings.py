"""Names that are one company meet in at least one rendering, whatever their script."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.index.renderings import renderings
from app.text.read import read_name

PAIRS = [
    ("新疆中泰化学股份有限公司", "Xinjiang Zhongtai Chemical Co., Ltd.", "place, brand and trade"),
    ("和田泰達服飾有限公司", "Khotan Taida Garment", "another spelling of the place and another word for the trade"),
    ("Xin Jiang Zhong Tai Chemical", "Xinjiang Zhongtai Chemical", "split syllables"),
    ("江阴新仁铝箔科技有限公司", "Jiangyin Xinren Aluminum Foil Technology", "two trade words"),
    ("Sinkiang Daqo New Energy", "Xinjiang Daqo New Energy", "postal place"),
    ("Hongyuan Green Energy", "Hong Yuan Green Energy", "split brand"),
]


@pytest.mark.parametrize(("left", "right"), [pair[:2] for pair in PAIRS], ids=[pair[2] for pair in PAIRS])
def test_one_company_meets_itself(left: str, right: str) -> None:
    first, second = renderings(read_name(left)), renderings(read_name(right))
    assert any(one == other for one, other in zip(first, second, strict=True)), (first, second)


# Characters that no dictionary reads have no sound: they stay, and the grams count them as one unknown letter.
known = st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs"]) | st.sampled_from(
    "新疆中泰化學和田長沙第八師有限公司"
)


@given(st.text(alphabet=known, max_size=40))
def test_renderings_are_of_letters_and_digits(text: str) -> None:
    for rendering in renderings(read_name(text)):
        assert rendering == "" or (rendering.isascii() and rendering.isalnum() and rendering == rendering.lower())


def test_legal_forms_are_not_rendered() -> None:
    assert renderings(read_name("Hetian Taida Apparel Co., Ltd.")) == renderings(read_name("Hetian Taida Apparel"))
