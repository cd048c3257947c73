"""Personal data with enough hidden that a person is not given away, and enough left that staff can tell two apart."""

import re

_REGION = re.compile(r"(?:[\u3400-\u9fff]{1,8}?(?:特别行政区|自治区|自治州|地区|省|市|区|县|旗|盟|州)\s?){1,3}")
_HAN = re.compile(r"[\u3400-\u9fff]")


def mask_phone(phone: str) -> str:
    """138****1234; shorter numbers show less. Anything that is not digits, + - ( ) or spaces is hidden whole."""
    digits = re.sub(r"[\s()+\-.]", "", phone)
    if not digits:
        return ""
    if not digits.isdigit():
        return "****"
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-4:]}" if len(digits) >= 8 else "****"


def mask_name(name: str) -> str:
    """王**; N*** B***. The first letter of each word stays."""
    name = name.strip()
    if _HAN.search(name):
        return name[0] + "*" * min(max(len(name) - 1, 1), 2)
    return " ".join(f"{word[0]}***" for word in name.split())


def mask_email(email: str) -> str:
    """l***@example.com."""
    local, at, domain = email.strip().rpartition("@")
    if not at:
        return "****" if domain else ""
    return f"{local[:1]}***@{domain}"


def mask_address(address: str) -> str:
    """Keeps the region (up to the district, or city and country at the end of a Western address), hides street and door."""
    address = " ".join(address.split())
    if not address:
        return ""
    if region := _REGION.match(address):
        return region.group().strip() + "****"
    tail = [part.strip() for part in address.split(",")][2:]
    kept = [part for part in tail if part and not any(c.isdigit() for c in part)]
    return ", ".join(["****", *kept])
