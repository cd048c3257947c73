"""Chinese typed in Latin letters is read as Chinese; English is left alone."""

import pytest

from xinfu.understanding.pinyin import in_characters


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("zai ma", "在吗"), ("zaima", "在吗"), ("tui kuan", "退款"), ("Wo yao tuikuan!", "我要退款"), ("kuaidi dao na le", "快递到哪了"), ("fapiao", "发票")],
)  # fmt: skip
def test_known_pinyin_is_read_as_the_characters_it_stands_for(typed: str, meant: str) -> None:
    assert in_characters(typed) == meant


@pytest.mark.parametrize(
    "said", ["hi", "you", "can you", "hello", "ok", "a man", "he", "dan", "male", "do you have it", "thx", "", "在吗", "XF260311", "zai 123", "where is my parcel"]
)  # fmt: skip
def test_english_codes_and_what_is_not_known_stay_as_they_are(said: str) -> None:
    assert in_characters(said) == said
