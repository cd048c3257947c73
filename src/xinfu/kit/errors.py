"""Refusals. One small class each, with a stable code and a sentence in both languages; mapped once to RFC 9457 problem+json."""

from typing import Any, ClassVar

from xinfu.kit.i18n import Locale, said


class Refusal(Exception):
    """Base of everything the house says no with.

    A subclass sets `code` (stable, dotted, English), `status` (HTTP) and the sentences `zh` and `en`, which may use
    {placeholders} filled from the keyword arguments of the constructor.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    zh: ClassVar[str] = "这个操作没有完成。"
    en: ClassVar[str] = "This could not be done."

    def __init__(self, *, retry_after_s: int | None = None, **params: Any) -> None:
        super().__init__(self.code)
        self.params = params
        self.retry_after_s = retry_after_s

    def detail(self, locale: Locale = "zh-CN") -> str:
        sentence = said(self.zh, self.en, locale)
        try:
            return sentence.format(**self.params)
        except (KeyError, IndexError):
            return sentence

    def problem(self, locale: Locale = "zh-CN") -> dict[str, Any]:
        """The problem+json body (RFC 9457): type, title, status, detail, code, plus the parameters."""
        body: dict[str, Any] = {
            "type": f"urn:xinfu:problem:{self.code}",
            "title": self.code,
            "status": self.status,
            "detail": self.detail(locale),
            "code": self.code,
        }
        if self.params:
            body["params"] = {k: v for k, v in self.params.items() if isinstance(v, str | int | float | bool | list)}
        if self.retry_after_s is not None:
            body["retry_after_s"] = self.retry_after_s
        return body


class NotFound(Refusal):
    code, status = "not_found", 404
    zh, en = "找不到这条记录，可能已被删除。", "This does not exist, or no longer exists."


class Forbidden(Refusal):
    code, status = "forbidden", 403
    zh, en = (
        "你的角色没有这项权限({permission})。需要的话请找组长或店主。",
        "Your role does not allow this ({permission}).",
    )


class NotSignedIn(Refusal):
    code, status = "not_signed_in", 401
    zh, en = "请先登录。", "Please sign in first."


class Invalid(Refusal):
    code, status = "invalid", 422
    zh, en = "内容有误：{why}", "Not valid: {why}"


class Conflict(Refusal):
    code, status = "conflict", 409
    zh, en = "别人刚刚改过，请看一眼最新内容再试。", "Someone just changed this; look at the newest state and try again."


class TooLarge(Refusal):
    code, status = "too_large", 413
    zh, en = "内容太大，最多 {limit}。", "Too large; the limit is {limit}."


class RateLimited(Refusal):
    code, status = "rate_limited", 429
    zh, en = "操作太频繁，请稍后再试。", "Too many attempts; please wait a moment."


class Overloaded(Refusal):
    code, status = "overloaded", 503
    zh, en = "现在人很多，请几秒后再试，消息没有丢。", "Very busy right now; please retry in a few seconds."


class StorageUnavailable(Refusal):
    code, status = "storage_unavailable", 503
    zh, en = "暂时存不下这条消息，请稍后重试。", "The message could not be stored; please retry shortly."
