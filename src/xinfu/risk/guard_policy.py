"""Pure rules of protecting staff: when a contact weighs too much, what is done about it and by whom. No I/O."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal

from xinfu.kit.text import clean
from xinfu.risk.contracts import Contact, Reason
from xinfu.risk.detectors import CALLS_WITHIN, HARASSING, LONG_CALL_S, pressure
from xinfu.risk.errors import RulesInvalid

type By = Literal["lead", "policy"]

PAUSE_S = 300
"""A customer silent for longer was not pressing meanwhile: only time up to this counts as length."""

NOTABLE_S = 600
TEXT_LIMIT = 500


@dataclass(frozen=True, slots=True)
class GuardRules:
    """What a shop says and does. `warn_by`, `end_by`: lead = only a lead does it; policy = the house does it by these rules."""

    warning_zh: str = "我们很愿意继续帮您解决问题，也请您文明沟通。如果继续出现辱骂，我们将按规定结束本次服务。"
    warning_en: str = "We want to go on helping you. Please keep it civil: if the abuse goes on we will have to end this conversation."
    ending_zh: str = "因持续出现不文明用语，本次服务已按规定结束。您的诉求已记录，可通过售后申诉渠道继续处理。"
    ending_en: str = "This conversation was ended under our rules as the abuse went on. Your request is recorded; you may still appeal."
    abusive_messages: int = 3
    after_warning: int = 2
    warn_by: By = "lead"
    end_by: By = "lead"
    exclude_ended: bool = True

    def warning(self, language: str) -> str:
        return self.warning_en if language == "en" else self.warning_zh

    def ending(self, language: str) -> str:
        return self.ending_en if language == "en" else self.ending_zh

    def plain(self) -> dict[str, Any]:
        return asdict(self)


def rules_of(stored: dict[str, Any]) -> GuardRules:
    """Stored rules; a field added since takes its default."""
    names = {f.name for f in fields(GuardRules)}
    return GuardRules(**{key: value for key, value in stored.items() if key in names})


def checked(rules: GuardRules) -> GuardRules:
    """The rules as they are stored. Raises RulesInvalid naming the first thing wrong."""
    texts = {}
    for name in ("warning_zh", "warning_en", "ending_zh", "ending_en"):
        text = clean(getattr(rules, name))
        if not 5 <= len(text) <= TEXT_LIMIT:
            raise RulesInvalid(why=f"{name}: 5–{TEXT_LIMIT}")
        texts[name] = text
    if not 1 <= rules.abusive_messages <= 50 or not 1 <= rules.after_warning <= 50:
        raise RulesInvalid(why="abusive_messages, after_warning: 1–50")
    return GuardRules(**{**asdict(rules), **texts})


@dataclass(slots=True)
class LiveContact:
    """One contact under way, counted message by message."""

    shop_id: str
    conversation_id: str
    customer_id: str
    name: str
    language: str
    started_ms: int
    last_ms: int
    active_ms: int = 0
    messages: int = 0
    abusive: int = 0
    abusive_since_warning: int = 0
    pressing: bool = False
    warned: bool = False
    danger: bool = False

    def heard(self, at_ms: int, *, abuse: bool) -> None:
        """One more message of the customer."""
        gap = at_ms - self.last_ms
        if 0 < gap <= PAUSE_S * 1000:
            self.active_ms += gap
        self.last_ms = max(self.last_ms, at_ms)
        self.messages += 1
        self.abusive += abuse
        self.abusive_since_warning += abuse and self.warned

    @property
    def active_s(self) -> int:
        return self.active_ms // 1000


def presses(live: LiveContact, now: Contact, earlier: Sequence[Contact], rules: GuardRules, *, refused: bool) -> list[Reason]:
    """Why this contact is too much for whoever takes it; nothing if it is not.

    Length and repetition weigh only after a refusal: a long talk about a real trouble is work, not harassment.
    """
    why = []
    if live.abusive >= rules.abusive_messages:
        why.append(Reason(f"本次会话里有 {live.abusive} 句辱骂", f"{live.abusive} abusive messages in this conversation"))
    if not refused:
        return why
    week = [c for c in earlier if c.id != now.id and timedelta(0) <= now.started_at - c.started_at <= CALLS_WITHIN]
    weight = sum(pressure(c) for c in (*week, now))
    minutes = sum(c.duration_s or 0 for c in (*week, now)) / 60
    if week and weight >= HARASSING:
        zh = f"被拒后七天内第 {len(week) + 1} 次接触，共 {minutes:.0f} 分钟"
        why.append(Reason(zh, f"contact {len(week) + 1} in seven days after a refusal, {minutes:.0f} minutes in all"))
    elif live.active_s >= LONG_CALL_S:
        zh = f"被拒后连续纠缠 {live.active_s // 60} 分钟"
        why.append(Reason(zh, f"{live.active_s // 60} minutes without a break after a refusal"))
    return why


def warns_now(live: LiveContact, rules: GuardRules) -> bool:
    """May the house itself warn now? Never someone who may be in danger: they need a person."""
    return rules.warn_by == "policy" and live.pressing and not live.warned and not live.danger


def ends_now(live: LiveContact, rules: GuardRules) -> bool:
    """May the house itself end it now? Only after a warning that was not heeded, and never someone who may be in danger."""
    return rules.end_by == "policy" and live.warned and not live.danger and live.abusive_since_warning >= rules.after_warning


def notable(live: LiveContact, *, refused: bool) -> bool:
    """Is this contact worth a row once it is over? Most are not."""
    return live.pressing or live.abusive > 0 or refused or live.active_s >= NOTABLE_S


def contact_of(live: LiveContact, started_at: datetime) -> Contact:
    return Contact(
        id=f"{live.conversation_id}@{live.started_ms}",
        account_id=live.customer_id,
        started_at=started_at,
        channel="chat",
        duration_s=float(live.active_s),
        abusive=live.abusive > 0,
    )
