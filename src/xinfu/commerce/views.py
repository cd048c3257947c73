"""Products and orders as the API shows them to staff: masked, in the reader's language."""

from collections.abc import Iterable, Sequence
from typing import Any

from xinfu.commerce.contracts import Order, Product
from xinfu.commerce.policy import ATTRIBUTES, status_text
from xinfu.commerce.schemas import (
    AttributeOut,
    LineOut,
    OptionOut,
    OrderOut,
    ParcelOut,
    PriceOut,
    ProductDetailOut,
    ProductOut,
    ScanOut,
    StepOut,
    VariantOut,
)
from xinfu.kit.clock import maybe_ms, to_ms
from xinfu.kit.i18n import Locale, said
from xinfu.kit.masking import mask_address, mask_name, mask_phone
from xinfu.kit.money import Money


def order_out(order: Order, locale: Locale) -> OrderOut:
    chinese = locale == "zh-CN"
    return OrderOut(
        id=order.id,
        no=order.no,
        customer_id=order.customer_id,
        status=order.status,
        status_text=status_text(order.status, locale),
        placed_at=to_ms(order.placed_at),
        paid_at=maybe_ms(order.paid_at),
        total=order.total.plain(),
        freight=order.freight.plain(),
        currency=order.total.currency,
        lines=[
            LineOut(
                sku=line.sku,
                product_id=line.product_id,
                name=line.name,
                options=_options(line.options),
                quantity=line.quantity,
                price=line.price.plain(),
                image=line.image,
            )
            for line in order.lines
        ],
        receiver=mask_name(order.receiver),
        receiver_phone=mask_phone(order.receiver_phone),
        address=mask_address(order.address),
        gift=order.gift,
        note=order.note,
        parcels=[
            ParcelOut(
                carrier=parcel.carrier,
                tracking_no=parcel.tracking_no,
                promised_by=maybe_ms(parcel.promised_by),
                scans=[ScanOut(at=to_ms(s.at), code=s.code, place=s.place, text=s.text) for s in parcel.scans],
            )
            for parcel in order.parcels
        ],
        timeline=[
            StepOut(key=step.key, text=step.zh if chinese else step.en, at=maybe_ms(step.at), done=step.done, detail=step.detail)
            for step in order.timeline
        ],
    )


def product_out(product: Product) -> ProductOut:
    lowest = min((v.price for v in product.variants), key=lambda price: price.minor, default=Money(0))
    return ProductOut(
        id=product.id,
        name=product.name,
        category=product.category,
        brand=product.brand,
        summary=product.summary,
        image=product.image,
        price=lowest.plain(),
        currency=lowest.currency,
        variants=[VariantOut(sku=v.sku, options=_options(v.options), price=v.price.plain(), stock=v.stock) for v in product.variants],
    )


def detail_out(product: Product, history: Sequence[Any], locale: Locale) -> ProductDetailOut:
    """`history` rows: sku, price in minor units, currency, since when."""
    return ProductDetailOut(
        **product_out(product).model_dump(),
        attributes=[AttributeOut(key=key, label=_label(key, locale), text=text) for key, text in product.attributes.items()],
        price_history=[PriceOut(sku=sku, price=Money(minor, currency).plain(), at=to_ms(at)) for sku, minor, currency, at in history],
    )


def _label(key: str, locale: Locale) -> str:
    attribute = ATTRIBUTES.get(key)
    if attribute is None:
        return key
    return said(attribute.zh, attribute.en, locale)


def _options(options: Iterable[tuple[str, str]]) -> list[OptionOut]:
    return [OptionOut(name=name, value=value) for name, value in options]
