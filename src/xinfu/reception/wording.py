"""The words. Loads phrases/zh.toml and phrases/en.toml once and picks a variant that was not the last one said."""

import tomllib
from functools import cache
from importlib.resources import files

from xinfu.reception.dialogue import REMEMBERED_VARIANTS, Memory
from xinfu.understanding.contracts import Language


class Wording:
    """All phrases of one language: dotted key → variants. Placeholders are filled by str.format from facts only."""

    def __init__(self, phrases: dict[str, tuple[str, ...]]) -> None:
        self.phrases = phrases

    def say(self, key: str, memory: Memory, /, **facts: str) -> str:
        """A variant of `key` other than the one this conversation heard last, with the facts filled in."""
        variants = self.phrases[key]
        if len(variants) == 1:
            return variants[0].format_map(facts)
        turn = (memory.variants.pop(key, -1) + 1) % len(variants)
        memory.variants[key] = turn
        if len(memory.variants) > REMEMBERED_VARIANTS:
            del memory.variants[next(k for k in memory.variants if not k.startswith("soothe."))]
        return variants[turn].format_map(facts)

    def unheard(self, key: str, memory: Memory, /, **facts: str) -> str:
        """A variant of `key` this conversation has not heard at all; '' when it heard them all."""
        variants = self.phrases[key]
        turn = memory.variants.get(key, -1) + 1
        if turn >= len(variants):
            return ""
        memory.variants[key] = turn
        return variants[turn].format_map(facts)

    def label(self, key: str) -> str:
        """A fixed word or sentence without variants or facts; empty when there is none."""
        found = self.phrases.get(key)
        return found[0] if found else ""


@cache
def wording(language: Language) -> Wording:
    """The phrases of a language, read once."""
    text = files("xinfu.reception").joinpath("phrases", f"{language}.toml").read_text("utf-8")
    return Wording(dict(_flatten(tomllib.loads(text), "")))


def _flatten(tree: dict[str, object], prefix: str) -> list[tuple[str, tuple[str, ...]]]:
    out: list[tuple[str, tuple[str, ...]]] = []
    for key, value in tree.items():
        if isinstance(value, dict):
            out.extend(_flatten(value, f"{prefix}{key}."))
        else:
            out.append((prefix + key, tuple(value) if isinstance(value, list) else (str(value),)))
    return out
