"""Permissions, roles and shop settings: what every other folder asks this one about."""

from dataclasses import dataclass, field
from enum import StrEnum

from xinfu.kit.i18n import Locale
from xinfu.kit.ids import Id


class Permission(StrEnum):
    """Every guarded ability, named area.verb. A service requires exactly one of these per use-case."""

    CONVERSATIONS_SERVE = "conversations.serve"  # take offers, answer own conversations
    CONVERSATIONS_READ_ALL = "conversations.read_all"
    CONVERSATIONS_LEAD = "conversations.lead"  # live view, whisper, take over, answer consults, assign
    CUSTOMERS_READ = "customers.read"
    CUSTOMERS_EDIT = "customers.edit"
    CUSTOMERS_UNMASK = "customers.unmask"
    ORDERS_READ = "orders.read"
    ORDERS_IMPORT = "orders.import"
    ORDERS_REVIEW = "orders.review"  # review, hold, release, call back a parcel
    ORDERS_CANCEL = "orders.cancel"  # before dispatch
    ORDERS_MODIFY = "orders.modify"  # address and note, before dispatch
    ORDERS_REPRICE = "orders.reprice"  # items and way of payment
    ORDERS_URGE = "orders.urge"  # payment, parcel
    ORDERS_REISSUE = "orders.reissue"  # send goods again free of charge
    ORDERS_INVOICE = "orders.invoice"
    AFTERSALES_READ = "aftersales.read"
    AFTERSALES_REQUEST = "aftersales.request"  # open and withdraw requests
    AFTERSALES_DECIDE = "aftersales.decide"  # accept and decline requests
    AFTERSALES_APPROVE = "aftersales.approve"  # decide what is beyond others' authority
    AFTERSALES_LIMITS = "aftersales.limits"  # set who may grant how much
    LEDGER_READ = "ledger.read"
    RISK_READ = "risk.read"
    RISK_DECIDE = "risk.decide"  # confirm and dismiss findings, trust shared values, warn and end contacts, leave them out of figures
    PACKS_EDIT = "packs.edit"  # the shop's after-sales rules
    LISTING_EDIT = "listing.edit"  # enter campaign listings
    LISTING_CHECK = "listing.check"  # check what somebody else entered
    KNOWLEDGE_READ = "knowledge.read"
    KNOWLEDGE_EDIT = "knowledge.edit"
    SCRIPTS_SHARED_EDIT = "scripts.shared_edit"
    UNDERSTANDING_TRAIN = "understanding.train"  # label messages, train and publish models
    STAFF_READ = "staff.read"
    STAFF_MANAGE = "staff.manage"
    ROLES_MANAGE = "roles.manage"
    SETTINGS_READ = "settings.read"
    SETTINGS_EDIT = "settings.edit"
    TOKENS_MANAGE = "tokens.manage"
    AUDIT_READ = "audit.read"
    METRICS_READ = "metrics.read"


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """When people answer, in the shop's zone. `days` are ISO weekdays 1..7; start == end means round the clock."""

    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    start: str = "08:00"
    end: str = "24:00"


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """What the owner edits about reception. Versioned with an effective date; see identity.service.Settings."""

    display_name: str = ""
    display_name_en: str = ""
    colour: str = "#C5412B"
    welcome: str = "您好，我是小心，很高兴为您服务。订单、物流、商品的问题都可以直接问我。"
    welcome_en: str = "Hello, how can I help you today?"
    locale: Locale = "zh-CN"
    time_zone: str = "Asia/Shanghai"
    hours: OpeningHours = field(default_factory=OpeningHours)
    first_response_s: int = 15
    round_response_s: int = 30
    offer_timeout_s: int = 20
    capacity: int = 5
    idle_close_min: int = 30
    reopen_hours: int = 72
    callback_promise_hours: int = 12
    ask_rating: bool = True
    allowed_origins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop or business line. `slug` is what the widget's script tag names."""

    id: Id
    slug: str
    name: str
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class AccessChanged:
    """Announced when someone's rights shrank or changed: who holds a socket of theirs open asks again who it is.

    `actor_id` None: a role changed, so it may be anyone. Else a staff id or the id of an API token.
    """

    actor_id: Id | None
