"""Countries as files write them."""

from __future__ import annotations

import pytest

from app.files.countries import country_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CN", "CN"),
        ("chn", "CN"),
        ("P.R. China", "CN"),
        ("中国", "CN"),
        ("Türkei", "TR"),
        ("TURKIYE", "TR"),
        ("Viet Nam", "VN"),
        ("Hong Kong, China", "HK"),
        ("U.S.A.", "US"),
        ("België", "BE"),
        ("Narnia", None),
        ("", None),
    ],
)
def test_codes_and_names(text: str, code: str | None) -> None:
    assert country_code(text) == code
