"""Tables of risk: what was found and what people said of it, what they trust, who was seen where, photos, contacts."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Float, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop
from xinfu.kit.ids import Id


class FindingRow(Identified, OfShop, Base):
    """One pattern in one case, order or contact. `subject` is a case number, an order number or the id of a contact.

    While `open` it follows what is known; from the moment a person decides it stays as they saw it. `version` rises with every change.
    """

    __tablename__ = "risk_finding"
    __table_args__ = (
        UniqueConstraint("shop_id", "subject_kind", "subject", "pattern"),
        Index("ix_risk_finding_shop_state", "shop_id", "state", "money_minor", "id"),
        Index("ix_risk_finding_shop_customer", "shop_id", "customer_id"),
    )

    subject_kind: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[Id] = mapped_column(String(32))
    entity_id: Mapped[Id] = mapped_column(String(32))
    order_no: Mapped[str] = mapped_column(String(64))
    pattern: Mapped[str] = mapped_column(String(24))
    score: Mapped[float] = mapped_column(Float)
    action: Mapped[str] = mapped_column(String(12))
    hard: Mapped[bool] = mapped_column(Boolean)
    money_minor: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    reasons: Mapped[list[list[str]]] = mapped_column(JSON)
    """Pairs of a Chinese and an English sentence."""
    evidence: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(12))
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[str] = mapped_column(String(64), default="")
    decided_by: Mapped[str] = mapped_column(String(120), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    appealed_at: Mapped[datetime | None]
    appealed_by: Mapped[str] = mapped_column(String(120), default="")
    appeal_words: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)


class TrustRow(Identified, OfShop, Base):
    """A shared value people can explain: a home, an office, a dormitory. `active` False: taken back."""

    __tablename__ = "risk_trust"
    __table_args__ = (UniqueConstraint("shop_id", "kind", "value"),)

    kind: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(String(255))
    relation: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Text)
    by_id: Mapped[str] = mapped_column(String(64))
    by_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
    active: Mapped[bool] = mapped_column(Boolean)


class SightingRow(Identified, OfShop, Base):
    """A customer seen on a device and a network, both as salted hashes that say nothing outside this shop."""

    __tablename__ = "risk_sighting"
    __table_args__ = (UniqueConstraint("shop_id", "customer_id", "device", "network"),)

    customer_id: Mapped[Id] = mapped_column(String(32))
    device: Mapped[str] = mapped_column(String(32))
    network: Mapped[str] = mapped_column(String(32))
    seen_at: Mapped[datetime]


class ContactRow(Identified, OfShop, Base):
    """A contact that weighed on whoever took it: long, abusive, or by someone who had been told no.

    `pressing` is set when it was found to be harassment; `cleared` when a person looked and found it was not.
    """

    __tablename__ = "risk_contact"
    __table_args__ = (
        UniqueConstraint("shop_id", "conversation_id", "started_at"),
        Index("ix_risk_contact_shop_customer", "shop_id", "customer_id", "started_at"),
        Index("ix_risk_contact_shop_pressing", "shop_id", "pressing_at"),
    )

    conversation_id: Mapped[Id] = mapped_column(String(32))
    customer_id: Mapped[Id] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    active_s: Mapped[int]
    messages: Mapped[int]
    abusive: Mapped[int]
    pressing_at: Mapped[datetime | None]
    reasons: Mapped[list[list[str]]] = mapped_column(JSON)
    warned_at: Mapped[datetime | None]
    warned_by: Mapped[str] = mapped_column(String(120), default="")
    stopped_at: Mapped[datetime | None]
    stopped_by: Mapped[str] = mapped_column(String(120), default="")
    stop_words: Mapped[str] = mapped_column(Text, default="")
    cleared: Mapped[bool] = mapped_column(Boolean, default=False)
    version: Mapped[int] = mapped_column(default=1)


class ExclusionRow(Identified, OfShop, Base):
    """A contact or case that figures leave out, by whom and why; and, if taken back, by whom and why."""

    __tablename__ = "risk_exclusion"
    __table_args__ = (
        Index("ix_risk_exclusion_shop_subject", "shop_id", "kind", "subject"),
        Index("ix_risk_exclusion_shop_at", "shop_id", "at"),
    )

    kind: Mapped[str] = mapped_column(String(12))
    subject: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[Id] = mapped_column(String(32))
    why: Mapped[str] = mapped_column(Text)
    by_kind: Mapped[str] = mapped_column(String(16))
    by_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]
    reverted_at: Mapped[datetime | None]
    reverted_by: Mapped[str] = mapped_column(String(120), default="")
    reverted_why: Mapped[str] = mapped_column(Text, default="")


class RulesRow(Identified, OfShop, Base):
    """One version of a shop's rules for contacts that weigh on staff; the highest one counts."""

    __tablename__ = "risk_rules"
    __table_args__ = (UniqueConstraint("shop_id", "version"),)

    version: Mapped[int]
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(String(120))


class PhotoRow(Identified, OfShop, Base):
    """A photo a customer showed in a case. `print` is what is kept of it to find it again, until it is too old to matter; `refused` is why
    it could not be looked at."""

    __tablename__ = "risk_photo"
    __table_args__ = (
        UniqueConstraint("shop_id", "case_number", "photo_id"),
        Index("ix_risk_photo_shop_sha", "shop_id", "sha256"),
        Index("ix_risk_photo_shop_shown", "shop_id", "shown_at"),
        Index("ix_risk_photo_shop_customer", "shop_id", "customer_id", "shown_at"),
        Index("ix_risk_photo_shop_sku", "shop_id", "sku", "shown_at"),
    )

    case_number: Mapped[str] = mapped_column(String(64))
    order_no: Mapped[str] = mapped_column(String(64))
    customer_id: Mapped[Id] = mapped_column(String(32))
    photo_id: Mapped[Id] = mapped_column(String(32))
    sha256: Mapped[str] = mapped_column(String(64))
    sku: Mapped[str] = mapped_column(String(120))
    category: Mapped[str] = mapped_column(String(120))
    shown_at: Mapped[datetime]
    print: Mapped[bytes | None] = mapped_column(LargeBinary)
    refused: Mapped[str] = mapped_column(String(40))


class PhotoMatchRow(Identified, OfShop, Base):
    """A photo that shows the same as one of an earlier case. `sha` and `other_sha` are the names both go by in the books."""

    __tablename__ = "risk_photo_match"
    __table_args__ = (
        UniqueConstraint("shop_id", "case_number", "photo_id", "other_case", "other_photo"),
        Index("ix_risk_photo_match_shop_other", "shop_id", "other_case"),
    )

    case_number: Mapped[str] = mapped_column(String(64))
    photo_id: Mapped[Id] = mapped_column(String(32))
    sha: Mapped[str] = mapped_column(String(32))
    other_case: Mapped[str] = mapped_column(String(64))
    other_photo: Mapped[Id] = mapped_column(String(32))
    other_sha: Mapped[str] = mapped_column(String(32))
    score: Mapped[float] = mapped_column(Float)
    why: Mapped[str] = mapped_column(String(16))
    found_at: Mapped[datetime]
