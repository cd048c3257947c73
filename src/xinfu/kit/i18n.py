"""Which of the two languages a reader gets."""

from typing import Literal

type Locale = Literal["zh-CN", "en"]


def said(zh: str, en: str, locale: Locale) -> str:
    """The one of two sentences that the reader gets."""
    return zh if locale == "zh-CN" else en


def choose(accept_language: str | None) -> Locale:
    """The reader's language from an Accept-Language header; Chinese unless English comes first."""
    for part in (accept_language or "").split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("zh"):
            return "zh-CN"
        if tag.startswith("en"):
            return "en"
    return "zh-CN"
