"""What the language model's setup and the assistance say no with."""

from xinfu.kit.errors import Refusal


class LlmUrlInvalid(Refusal):
    code, status = "llm_url_invalid", 422
    zh, en = (
        "地址要写成 https://…/v1 这样；http:// 只能用在本机或内网。",
        "Write the address like https://…/v1; http:// is only for this machine or the local network.",
    )


class LlmIncomplete(Refusal):
    code, status = "llm_incomplete", 422
    zh, en = "要打开，先填好地址、模型和每月用量上限。", "To switch it on, fill in address, model and monthly budget first."


class LlmKeyNeeded(Refusal):
    code, status = "llm_key_needed", 422
    zh, en = "地址换了，密钥请重新填一次。", "The address changed; please enter the key again."


class LlmOff(Refusal):
    code, status = "llm_off", 409
    zh, en = "这家店没有打开这项大模型用途。", "This use of the language model is not switched on for the shop."


class OutcomeUnknown(Refusal):
    code, status = "outcome_unknown", 422
    zh, en = "没有这个结果代码：{outcome}", "There is no such outcome code: {outcome}"
