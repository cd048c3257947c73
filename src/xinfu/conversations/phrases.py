"""The few words the house itself says to a customer in a conversation."""

_WORDS = {
    "joined": {"zh": "{name} 为您服务", "en": "{name} is with you now"},
    "transferred": {"zh": "已为您转接给 {name}，前面的内容 ta 都能看到", "en": "{name} is taking over and can see everything so far"},
    "requeued": {"zh": "正在为您安排另一位同事，您的位置不变", "en": "Another colleague will be with you; you keep your place"},
    "callback": {"zh": "已记下，我们会联系您：{contact}", "en": "Noted, we will contact you: {contact}"},
    "failed": {"zh": "我这边没处理好，已请同事来接着帮您。", "en": "I could not handle this well; a colleague will help you."},
}


def phrase(key: str, language: str, **words: str) -> str:
    """`key` of _WORDS in the conversation's language ('en' or else Chinese)."""
    return _WORDS[key]["en" if language == "en" else "zh"].format(**words)
