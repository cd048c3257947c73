"""Pure rules about customers: what a visitor is called, what of a person's data is shown to whom."""

import hashlib
import re
from typing import Literal, get_args

from xinfu.kit.i18n import Locale
from xinfu.kit.masking import mask_address, mask_email, mask_name, mask_phone
from xinfu.kit.text import clean, fold
from xinfu.understanding.contracts import Language

__all__ = ["mask_address", "mask_email", "mask_name", "mask_phone"]

type Sensitive = Literal["name", "phone", "email", "addresses"]
SENSITIVE: tuple[str, ...] = get_args(Sensitive.__value__)
ADDRESS_PARTS = "address_parts"
"""Key of a customer's extras: the parts of their own address as set here, in the shop system's form."""
MAX_VIP = 5
MAX_TAGS = 30


def external_hash(visitor: str) -> str:
    """What we keep of the string a browser holds."""
    return hashlib.sha256(visitor.encode("utf-8", "replace")).hexdigest()


def visitor_name(external: str, locale: Locale) -> str:
    """访客 1234, the same for the same visitor."""
    number = 1000 + int(external[:8], 16) % 9000
    return f"访客 {number}" if locale == "zh-CN" else f"Visitor {number}"


def language_of(locale: Locale) -> Language:
    return "zh" if locale == "zh-CN" else "en"


def digits_of(phone: str) -> str:
    """A phone as we compare it: digits only, without China's country code."""
    digits = re.sub(r"\D", "", fold(phone))
    return re.sub(r"^(?:00)?86(?=\d{11}$)", "", digits)


def phone_tail(phone: str) -> str:
    """The last four digits, '' when there are fewer."""
    digits = digits_of(phone)
    return digits[-4:] if len(digits) >= 4 else ""


def tidy_tags(tags: list[str]) -> list[str]:
    """Cleaned, without doubles, in the given order."""
    cleaned = (clean(tag)[:40] for tag in tags)
    return list(dict.fromkeys(tag for tag in cleaned if tag))
