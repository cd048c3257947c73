"""Pure rules of identity: what each role starts with, what a password or login may be, which settings a shop may have."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from xinfu.identity.contracts import OpeningHours, Permission, ShopSettings
from xinfu.identity.errors import (
    ColourInvalid,
    HoursInvalid,
    LoginInvalid,
    OriginInvalid,
    OutOfRange,
    PasswordTooWeak,
    SlugInvalid,
    TextTooLong,
    ZoneUnknown,
)
from xinfu.kit.text import clean, fold

OWNER, AI = "owner", "ai"
MIN_PASSWORD = 10
MAX_FAILURES = 5
LOCK_MINUTES = 15

P = Permission
_EVERYONE = frozenset({P.CUSTOMERS_READ, P.ORDERS_READ, P.AFTERSALES_READ, P.KNOWLEDGE_READ, P.STAFF_READ, P.SETTINGS_READ})
_FRONT_DESK = frozenset({P.ORDERS_CANCEL, P.ORDERS_MODIFY, P.ORDERS_URGE, P.ORDERS_INVOICE, P.AFTERSALES_REQUEST})
_AGENT = _EVERYONE | _FRONT_DESK | {P.CONVERSATIONS_SERVE, P.CUSTOMERS_EDIT, P.ORDERS_REVIEW, P.ORDERS_REPRICE}
_SPECIALIST = _AGENT | {P.CUSTOMERS_UNMASK, P.ORDERS_REISSUE, P.AFTERSALES_DECIDE}
_LEAD = _SPECIALIST | {P.CONVERSATIONS_READ_ALL, P.CONVERSATIONS_LEAD, P.KNOWLEDGE_EDIT, P.SCRIPTS_SHARED_EDIT, P.METRICS_READ}
_LEAD |= {P.AFTERSALES_APPROVE, P.LEDGER_READ}
_SPECIALIST |= {P.RISK_READ}
_LEAD |= {P.RISK_READ, P.RISK_DECIDE}
_SPECIALIST |= {P.LISTING_EDIT}
_LEAD |= {P.LISTING_EDIT, P.LISTING_CHECK}

# What a role holds in a new centre; the owner of the centre may change all but their own.
SEEDED_ROLES: dict[str, frozenset[Permission]] = {
    "agent": _AGENT,
    "specialist": _SPECIALIST,
    "lead": _LEAD,
    "trainer": _EVERYONE | {P.CONVERSATIONS_READ_ALL, P.KNOWLEDGE_EDIT, P.SCRIPTS_SHARED_EDIT, P.UNDERSTANDING_TRAIN},
    "inspector": _EVERYONE | {P.CONVERSATIONS_READ_ALL, P.METRICS_READ, P.LEDGER_READ, P.RISK_READ, P.LISTING_CHECK},
    "planner": _EVERYONE | {P.METRICS_READ},
    OWNER: frozenset(Permission),
    AI: _FRONT_DESK | {P.CONVERSATIONS_SERVE, P.CUSTOMERS_READ, P.ORDERS_READ, P.AFTERSALES_READ, P.KNOWLEDGE_READ, P.SETTINGS_READ},
}

# Field of ShopSettings → the whole numbers it may take.
RANGES: dict[str, tuple[int, int]] = {
    "first_response_s": (5, 3600),
    "round_response_s": (5, 3600),
    "offer_timeout_s": (5, 300),
    "capacity": (1, 50),
    "idle_close_min": (1, 1440),
    "reopen_hours": (0, 720),
    "callback_promise_hours": (1, 168),
}
TEXT_LIMITS: dict[str, int] = {"display_name": 80, "display_name_en": 80, "welcome": 500, "welcome_en": 500}
MAX_ORIGINS = 50

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_START = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_END = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:[0-9]{1,5})?")
_LOGIN = re.compile(r"[\w.@-]{2,64}")
_SLUG = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])")


def role_permissions(key: str, stored: list[str]) -> frozenset[Permission]:
    """What the role holds now. The owner holds everything, also permissions added by a later version; names no longer known are dropped."""
    if key == OWNER:
        return frozenset(Permission)
    return frozenset(permission for permission in Permission if permission in stored)


def check_login(login: str) -> str:
    """The login as stored. Raises LoginInvalid."""
    folded = fold(clean(login))
    if not _LOGIN.fullmatch(folded):
        raise LoginInvalid
    return folded


def check_slug(slug: str) -> str:
    """Raises SlugInvalid."""
    if not is_slug(slug):
        raise SlugInvalid
    return slug


def is_slug(text: str) -> bool:
    return _SLUG.fullmatch(text) is not None


def check_password(login: str, password: str) -> None:
    """Length is what makes a password strong (NIST SP 800-63B 5.1.1); composition rules are left out. Raises PasswordTooWeak."""
    if not MIN_PASSWORD <= len(password) <= 256 or fold(password) == login:
        raise PasswordTooWeak(least=MIN_PASSWORD)


def check_settings(settings: ShopSettings) -> None:
    """Raises the refusal that names the first thing wrong (colour, zone, hours, a number, a text or an origin)."""
    if not _COLOUR.fullmatch(settings.colour):
        raise ColourInvalid
    _check_zone(settings.time_zone)
    _check_hours(settings.hours)
    for field, (low, high) in RANGES.items():
        if not low <= getattr(settings, field) <= high:
            raise OutOfRange(field=field, low=low, high=high)
    for field, limit in TEXT_LIMITS.items():
        if len(getattr(settings, field)) > limit:
            raise TextTooLong(field=field, limit=limit)
    for origin in settings.allowed_origins:
        if len(settings.allowed_origins) > MAX_ORIGINS or len(origin) > 255 or not _ORIGIN.fullmatch(origin):
            raise OriginInvalid(origin=origin[:80])


def leaves_no_owner(owners: set[str], staff_id: str) -> bool:
    """Whether a shop with these active owners has none left once `staff_id` is not one any more."""
    return staff_id in owners and len(owners) == 1


def in_force(versions: list[tuple[datetime, int]], now: datetime) -> int:
    """Which of the saved versions (effective_from, version) applies at `now`: the one that came into force last.

    A later save for the same moment wins. Raises ValueError when nothing is in force yet.
    """
    return max(v for v in versions if v[0] <= now)[1]


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as e:
        raise ZoneUnknown(zone=name[:60]) from e


def _check_hours(hours: OpeningHours) -> None:
    days_fine = hours.days and len(set(hours.days)) == len(hours.days) and all(1 <= d <= 7 for d in hours.days)
    if not days_fine or not _START.fullmatch(hours.start) or not _END.fullmatch(hours.end):
        raise HoursInvalid
