"""Fields of addresses and forms are decoded as the standard library does it, only faster."""

from urllib.parse import parse_qsl, quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.errors import Problem
from api.fields import MAX_FIELDS, decoded

PARTS = st.lists(
    st.sampled_from([b"%", b"%2", b"%C3%A9", b"%e2%82%ac", b"%00", b"%22", b"%5C", b"%5Cu0041", b"%FF", b"%zz"])
    | st.sampled_from(
        [b"+", b"&", b"=", b'"', b"\\", b"\\u0041", b"\n", b"\t", b" ", "é".encode(), b"\xff", b"a", b"7"]
    ),
    max_size=12,
).map(b"".join)


@given(PARTS | st.binary(max_size=30))
@example(b"a=%ED%A0%80")
@example(b"=&==&a&&b=")
@example(b'%u0041=\\u0041"')
def test_bytes_are_decoded_as_by_the_standard_library(raw: bytes) -> None:
    """Whatever stands there: the same fields, or the same refusal."""
    try:
        wanted = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except UnicodeError:
        with pytest.raises(Problem, match="not percent-encoded UTF-8"):
            decoded(raw, "address")
    else:
        assert decoded(raw, "address") == wanted


@given(st.text(max_size=30))
def test_what_is_encoded_comes_back(text: str) -> None:
    """Spaces as either of their forms, and every character."""
    for encoded in (quote(text), quote_plus(text, safe="")):
        if text:
            assert decoded(f"query={encoded}".encode(), "body") == [("query", text)]


def test_too_many_fields_are_refused() -> None:
    """As many as are allowed are read, one more is a problem."""
    assert len(decoded(b"&".join([b"a=1"] * MAX_FIELDS), "body")) == MAX_FIELDS
    with pytest.raises(Problem, match="more than 1000 fields"):
        decoded(b"&".join([b"a=1"] * (MAX_FIELDS + 1)), "body")
