"""Which encoding a file is read in, and what is said about it."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import UsageError
from app.files.encoding import detect_encoding, first_bad_line

CHINESE = "供应商,数量\n和田泰达服饰有限公司,3\n新疆中泰化学股份有限公司,1\n"
TRADITIONAL = "供應商,數量\n新疆中泰化學股份有限公司,3\n和田泰達服飾有限公司,1\n"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        pytest.param("supplier\nFoo\n", "ascii", id="ascii"),
        pytest.param(CHINESE, "utf-8", id="utf-8"),
        pytest.param(CHINESE, "utf-8-sig", id="utf-8-with-mark"),
        pytest.param(CHINESE, "utf-16", id="utf-16-with-mark"),
        pytest.param("supplier,n\nFoo Trading,1\n", "utf-16-le", id="utf-16-little-without-mark"),
        pytest.param("supplier,n\nFoo Trading,1\n", "utf-16-be", id="utf-16-big-without-mark"),
        pytest.param(CHINESE, "utf-32", id="utf-32-with-mark"),
        pytest.param(CHINESE, "gb18030", id="gb18030"),
        pytest.param(TRADITIONAL, "big5", id="big5"),
        pytest.param("name\n株式会社日立製作所\nトヨタ自動車\n", "cp932", id="shift-jis"),
        pytest.param("name\n삼성전자 주식회사\n", "cp949", id="korean"),
        pytest.param("name\nMüller Söhne GmbH\nSociété Générale\n", "cp1252", id="western"),
        pytest.param("name\nООО Ромашка\n", "cp1251", id="cyrillic"),
    ],
)
def test_files_without_a_word_about_their_encoding_are_read(text: str, codec: str) -> None:
    content = text.encode(codec)
    encoding = detect_encoding(io.BytesIO(content))
    assert content.decode(encoding.codec, encoding.errors).lstrip("\ufeff") == text
    assert encoding.errors == "strict"


def test_a_guess_is_told() -> None:
    encoding = detect_encoding(io.BytesIO(b"name,n\n" + CHINESE.encode("gb18030")))
    assert "GB18030" in encoding.warning
    assert "line 2" in encoding.warning
    assert "name the encoding" in encoding.warning


def test_a_sure_reading_is_not_remarked_upon() -> None:
    assert detect_encoding(io.BytesIO(CHINESE.encode())).warning == ""


def test_a_few_bad_bytes_do_not_turn_utf_8_into_something_else() -> None:
    content = CHINESE.encode() + b"Foo \xff Ltd,1\n"
    encoding = detect_encoding(io.BytesIO(content))
    assert (encoding.codec, encoding.errors, encoding.bad_line) == ("utf_8", "replace", 4)
    assert "line 4" in encoding.warning


def test_a_bad_byte_far_into_a_file_is_found_on_its_line() -> None:
    content = b"name\n" + b"Foo Trading\n" * 200_000 + "Société Générale, Müller & Söhne\n".encode("cp1252")
    assert first_bad_line(io.BytesIO(content), "utf_8") == 200_002
    assert detect_encoding(io.BytesIO(content)).codec == "cp1252"


def test_an_explicit_encoding_is_taken_at_its_word() -> None:
    encoding = detect_encoding(io.BytesIO(CHINESE.encode("gb18030")), "UTF-8")
    assert (encoding.codec, encoding.errors, encoding.bad_line) == ("utf_8_sig", "replace", 1)
    assert detect_encoding(io.BytesIO(CHINESE.encode("big5", "replace")), "big5").warning == ""


@pytest.mark.parametrize("name", ["klingon", "hex", "undefined", "a\0b"])
def test_an_unknown_encoding_is_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError, match="gb18030"):
        detect_encoding(io.BytesIO(b"name\n"), name)


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_whatever_the_bytes_they_can_be_decoded_as_said(content: bytes) -> None:
    encoding = detect_encoding(io.BytesIO(content))
    content.decode(encoding.codec, encoding.errors)
