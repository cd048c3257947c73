"""Approvals and rules between their rows and the values others see."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from xinfu.aftersales.authority.contracts import Approval, Ask, Person, Reason, Rules, SavedRules, Vote
from xinfu.aftersales.authority.model import AuthorityApproval, AuthorityRules
from xinfu.kit.money import Money


def ask_of(row: AuthorityApproval) -> Ask:
    return Ask(
        action=row.action,  # type: ignore[arg-type]  # only ever written from the same literals
        amount=Money(row.amount_minor, row.currency),
        customer_id=row.customer_id,
        order_no=row.order_no,
        case_no=row.case_no,
        order_paid=Money(row.paid_minor, row.currency),
        by_policy=row.by_policy,
    )


def approval_of(row: AuthorityApproval, *, repeated: bool = False) -> Approval:
    return Approval(
        id=row.id,
        shop_id=row.shop_id,
        key=row.key,
        state=row.state,  # type: ignore[arg-type]
        ask=ask_of(row),
        words=row.words,
        two_person=row.two_person,
        roles=tuple(row.roles),
        people=tuple(Person(**p) for p in row.people),
        lines=tuple(Reason(**line) for line in row.explanation),
        votes=tuple(vote_of(v) for v in row.votes),
        asked_at=row.asked_at,
        asked_by_kind=row.asked_by_kind,
        asked_by_id=row.asked_by_id,
        asked_by=row.asked_by,
        expires_at=row.expires_at,
        decided_at=row.decided_at,
        rules_version=row.rules_version,
        version=row.version,
        repeated=repeated,
    )


def vote_of(stored: dict[str, Any]) -> Vote:
    return Vote(datetime.fromisoformat(stored["at"]), Person(**stored["person"]), stored["agreed"], stored["note"], stored["covers"])


def stored_vote(vote: Vote) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(vote)
    return {**plain, "at": vote.at.isoformat()}


def stored_rules(rules: Rules) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(replace(rules, limits={r: dict(a) for r, a in rules.limits.items()}))
    return plain


def rules_of(stored: dict[str, Any]) -> Rules:
    return msgspec.convert(stored, Rules)


def saved_of(row: AuthorityRules) -> SavedRules:
    return SavedRules(row.version, row.effective_from, rules_of(row.rules), row.author, row.saved_at, row.note)
