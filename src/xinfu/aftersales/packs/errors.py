"""What is refused about policy packs, each with its reason."""

from typing import TYPE_CHECKING, Any

from xinfu.kit.errors import Refusal
from xinfu.kit.i18n import Locale

if TYPE_CHECKING:
    from xinfu.aftersales.packs.reading import PackProblem


class PackInvalid(Refusal):
    """`problems` has all of them with their places; the sentence names the first few."""

    code, status = "pack_invalid", 422
    zh, en = "规则包有误：{why}", "The policy pack is not valid: {why_en}"
    problems: "tuple[PackProblem, ...]" = ()

    def problem(self, locale: Locale = "zh-CN") -> dict[str, Any]:
        body = super().problem(locale)
        chinese = locale == "zh-CN"
        body["problems"] = [{"line": p.line, "key": p.key, "text": p.zh if chinese else p.en} for p in self.problems]
        return body


class PackUnknown(Refusal):
    code, status = "pack_unknown", 404
    zh, en = "没有在生效的规则包 {pack}。", "No policy pack {pack} is in force."


class PackReserved(Refusal):
    code, status = "pack_reserved", 409
    zh, en = "{pack} 是自带的规则包，改动请存成本店自己的规则包。", "{pack} comes with the product; keep changes under a name of your own."


class PackForeign(Refusal):
    code, status = "pack_foreign", 409
    zh, en = (
        "{pack} 不按中国法律的最低要求，人民币店铺不能用。",
        "{pack} does not keep to the least the law asks in China; a shop that sells in CNY cannot go by it.",
    )


class CurrencyDiffers(Refusal):
    code, status = "currency_differs", 409
    zh, en = "规则包用 {pack}，店铺用 {shop}，币种不一致。", "The pack counts in {pack}, the shop in {shop}."


class DateWrong(Refusal):
    code, status = "effective_date_wrong", 422
    zh, en = "生效日期应在 {first} 到 {last} 之间。", "It must take effect between {first} and {last}."


class DraftOutdated(Refusal):
    code, status = "draft_outdated", 409
    zh, en = "检查之后内容或日期变了，请重新检查再发布。", "Text or date changed since it was checked; check again, then publish."


class InForce(Refusal):
    code, status = "pack_in_force", 409
    zh, en = "已经生效过的版本不能撤下，可以发布一个新版本。", "A version that took effect cannot be taken back; publish a new one instead."


class TooManyPacks(Refusal):
    code, status = "too_many_packs", 409
    zh, en = "最多 {most} 个自己的规则包，每个最多 {versions} 个版本。", "At most {most} packs of your own, each with {versions} versions."


class LookNotFound(Refusal):
    code, status = "look_not_found", 404
    zh, en = "这次预演已经结束或不存在，请重新开始。", "This look at last month is over or does not exist; start it again."


class LookBusy(Refusal):
    code, status = "look_busy", 409
    zh, en = "本店已经有预演在进行，请等它完成。", "A look at last month is already under way for this shop; wait for it."
