"""Says what is asked about a product: an attribute as the shop wrote it, prices and stock of the variants meant. Pure."""

from collections.abc import Sequence

from xinfu.commerce.contracts import Product, Variant
from xinfu.kit.text import fold
from xinfu.reception.speech import Answer, clip_body

_MOST = 8


def attribute_text(answer: Answer) -> None:
    """The attribute with its source; asked again, the product's summary is added and a person offered."""
    decision = answer.decision
    product = decision.product
    assert product is not None
    label, value = answer.words.label(f"attribute.{decision.attribute}"), product.attributes[decision.attribute].strip()
    if decision.again:
        answer.say("product.again", more=product.summary or clip_body(value))
        answer.choice("person")
    elif label:
        answer.say("product.attribute", name=product.name, label=label, value=sentence(clip_body(value), answer))
    else:
        answer.say("product.attribute_plain", name=product.name, value=sentence(clip_body(value), answer))
    _source(answer, product)


def price_text(answer: Answer) -> None:
    product = answer.decision.product
    assert product is not None
    variants = _meant(answer, product)
    prices = {v.price.minor for v in variants}
    if not variants:
        answer.say("unsure.product", name=product.name)
    elif len(prices) == 1:
        answer.say("product.price", name=_with_options(product, variants), price=str(variants[0].price))
    else:
        listed = (f"{_options(v)} {v.price}" for v in variants[:_MOST])
        answer.say("product.prices", name=product.name, list=answer.words.label("product.join").join(listed))
    _again(answer)
    _source(answer, product)


def stock_text(answer: Answer) -> None:
    """Only whether there is some; a date for more is nothing the shop has told us."""
    product = answer.decision.product
    assert product is not None
    variants = _meant(answer, product)
    join = answer.words.label("product.join")
    here, gone = [v for v in variants if v.stock > 0], [v for v in variants if v.stock <= 0]
    if not here:
        answer.say("product.sold_out", name=_with_options(product, variants))
    elif len(variants) == 1:
        answer.say("product.in_stock_one", name=_with_options(product, variants))
    else:
        answer.say("product.in_stock", name=product.name, list=join.join(_options(v) for v in here[:_MOST]))
        if gone:
            answer.say("product.partly_out", list=join.join(_options(v) for v in gone[:_MOST]))
    _again(answer)
    _source(answer, product)


def _again(answer: Answer) -> None:
    if answer.decision.again:
        answer.choice("person")


def _meant(answer: Answer, product: Product) -> Sequence[Variant]:
    """The variants whose options the customer named; all of them when none was named."""
    asked = fold(answer.turn.wish.text)
    scores = [sum(1 for _, value in v.options if _names(asked, value)) for v in product.variants]
    best = max(scores, default=0)
    return [v for v, score in zip(product.variants, scores, strict=True) if score == best]


def _names(asked: str, value: str) -> bool:
    """Whether an option is named in a folded text; a Latin one such as M only as a word of its own."""
    value = fold(value)
    at = asked.find(value) if value else -1
    if at < 0 or not value[0].isascii():
        return at >= 0
    before, after = asked[at - 1 : at], asked[at + len(value) : at + len(value) + 1]
    return not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum())


def _options(variant: Variant) -> str:
    return " ".join(value for _, value in variant.options) or variant.sku


def _with_options(product: Product, variants: Sequence[Variant]) -> str:
    return f"{product.name} {_options(variants[0])}" if len(variants) == 1 and len(product.variants) > 1 else product.name


def sentence(text: str, answer: Answer) -> str:
    return text if not text or text[-1:] in "。！？.!?" else text + ("." if answer.english else "。")


def _source(answer: Answer, product: Product) -> None:
    answer.source("product", product.id, product.name)
    answer.did("product", product.name)
