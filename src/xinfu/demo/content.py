"""What the demo shop knows and the words it prepared, read from knowledge.toml and scripts.toml."""

import tomllib
from importlib import resources
from typing import Any

from xinfu.knowledge import ArticleIn, SampleIn, ScriptIn


def articles() -> list[ArticleIn]:
    return [ArticleIn(owner="心选百货", **article) for article in _load("knowledge.toml")["article"]]


def scripts() -> list[ScriptIn]:
    return [
        ScriptIn(shared=True, group=group["name"], title=title, body=body)
        for group in _load("scripts.toml")["group"]
        for title, body in group["scripts"]
    ]


def samples() -> list[SampleIn]:
    """Conversations to rehearse scripts on."""
    return [
        SampleIn.model_validate({**sample, "lines": [{"sender": sender, "text": text} for sender, text in sample["lines"]]})
        for sample in _load("scripts.toml")["sample"]
    ]


def unanswered() -> list[str]:
    """What customers asked and no article answers, in every wording they used."""
    return [question for group in _load("knowledge.toml")["unanswered"] for question in group["asked"]]


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files("xinfu.demo").joinpath(name).read_text("utf-8"))
