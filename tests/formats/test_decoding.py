"""Bytes become text as they do in browsers."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placekeeper.formats.decoding import decode

XML = '<?xml version="1.0" encoding="{}"?><p>{}</p>'


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbf<p>\xc3\xa9</p>", "<p>\u00e9</p>"),
        ("\ufeff<p>\u00e9</p>".encode("utf-16-le"), "<p>\u00e9</p>"),
        ("\ufeff<p>\u00e9</p>".encode("utf-16-be"), "<p>\u00e9</p>"),
        ('<?xml version="1.0"?>\u00e9'.encode("utf-16-le"), '<?xml version="1.0"?>\u00e9'),
        ('<?xml version="1.0"?>\u00e9'.encode("utf-16-be"), '<?xml version="1.0"?>\u00e9'),
        (b"<p>\xe9</p>", "<p>\ufffd</p>"),
        (b"", ""),
        (b"\xff\xfe<", "\ufffd"),
    ],
)
def test_without_declaration(data: bytes, text: str) -> None:
    """A byte order mark decides, then the shape of the first bytes, then it is UTF-8, whose faults are marked."""
    assert text == decode(data)


@pytest.mark.parametrize(
    ("label", "codec", "letter"),
    [
        ("utf-8", "utf-8", "\u00e9"),
        ("UTF8", "utf-8", "\u00e9"),
        ("iso-8859-1", "cp1252", "\u2019"),
        ("us-ascii", "cp1252", "\u2019"),
        ("windows-1251", "cp1251", "\u0416"),
        ("koi8-r", "koi8-r", "\u0416"),
        ("shift_jis", "cp932", "\u2460"),
        ("euc-jp", "euc_jp", "\u6f22"),
        ("gb2312", "gb18030", "\u4e02"),
        ("big5", "big5hkscs", "\u6f22"),
        ("euc-kr", "cp949", "\ub620"),
        ("iso-8859-8-i", "iso8859-8", "\u05d0"),
        ("utf-16", "utf-8", "\u00e9"),
        ("no-such-encoding", "utf-8", "\u00e9"),
        ("rot13", "utf-8", "\u00e9"),
        ("hex", "utf-8", "\u00e9"),
        ("unicode_escape", "utf-8", "\u00e9"),
    ],
)
def test_declared_encodings(label: str, codec: str, letter: str) -> None:
    """A declaration counts as browsers understand it; labels that they don't know mean UTF-8."""
    source = XML.format(label, letter)

    assert source == decode(source.encode(codec))


def test_a_wrong_declaration_is_believed() -> None:
    """Bytes of windows-1252 that are declared to be UTF-8 are marked as faults, one for each."""
    assert XML.format("utf-8", "a\ufffdb\ufffd\ufffd") == decode(XML.format("utf-8", "a\u2019b\u201c\u201d").encode("cp1252"))


def test_bytes_that_windows_leaves_open() -> None:
    """The five bytes without meaning in windows-1252 are control characters, not faults."""
    assert "<?xml version='1.0' encoding='windows-1252'?>\x81\x8d" == decode(
        b"<?xml version='1.0' encoding='windows-1252'?>\x81\x8d"
    )


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"<p>\xe9\x92</p>", "<p>\u00e9\u2019</p>"),
        (b"<p>\xc3\xa9</p>", "<p>\u00e9</p>"),
        (b"<meta charset=koi8-r>\xf6", "<meta charset=koi8-r>\u0416"),
        (
            b'<META http-equiv="Content-Type" content="text/html; charset=windows-1251">\xc6',
            '<META http-equiv="Content-Type" content="text/html; charset=windows-1251">\u0416',
        ),
    ],
)
def test_html(data: bytes, text: str) -> None:
    """In HTML a `meta` element may say the encoding; where nothing does, what is no UTF-8 is windows-1252."""
    assert text == decode(data, html=True)


@settings(derandomize=True, max_examples=300)
@given(data=st.binary(max_size=200), start=st.sampled_from([b"", codecs.BOM_UTF16_LE, b"<?xml version='1.0' encoding='gbk'?>"]))
def test_nothing_fails(data: bytes, start: bytes) -> None:
    """Any bytes become a text without surrogates."""
    for html in (False, True):
        decode(start + data, html=html).encode("utf-8")
