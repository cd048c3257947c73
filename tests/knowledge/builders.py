"""People and entries for the tests of the knowledge base."""

from typing import Any

from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.ids import new_id
from xinfu.knowledge import ArticleIn, SampleIn, ScriptIn

SHOP, OTHER = "a" * 32, "b" * 32


def a_person(*permissions: Permission, shop: str = SHOP) -> Actor:
    return Actor("staff", new_id(), "试用员", frozenset({shop}), frozenset(permissions), "agent")


def an_agent(shop: str = SHOP) -> Actor:
    return a_person(Permission.KNOWLEDGE_READ, shop=shop)


def a_trainer(shop: str = SHOP) -> Actor:
    return a_person(Permission.KNOWLEDGE_READ, Permission.KNOWLEDGE_EDIT, Permission.SCRIPTS_SHARED_EDIT, shop=shop)


def an_article(title: str = "退货运费谁出", body: str = "质量问题由店铺承担。", **more: Any) -> ArticleIn:
    return ArticleIn(title=title, body=body, **more)


def a_script(title: str = "退款到账", body: str = "{客户}您好,退款一般三天内到账。", **more: Any) -> ScriptIn:
    return ScriptIn(title=title, body=body, **more)


def a_sample(title: str = "催退款", *said: str, **variables: str) -> SampleIn:
    lines = [{"sender": "customer", "text": text} for text in said or ("我的退款什么时候到账啊",)]
    return SampleIn.model_validate({"title": title, "lines": lines, "variables": {"{" + k + "}": v for k, v in variables.items()}})
