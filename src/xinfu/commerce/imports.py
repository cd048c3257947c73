"""Products and orders read from a file of the shop system, row by row. docs/import.md names the columns. No I/O here.

A record is nested (JSON: a product with its variants, an order with its lines) or flat (CSV: one row per variant or line); flat rows with
the same key become one record, whose own fields come from the first of them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from xinfu.commerce.attributes import ATTRIBUTES
from xinfu.commerce.bulk import NewInvoice, NewLine, NewOrder, NewParcel, NewPayment, NewProduct, NewScan, NewVariant
from xinfu.commerce.contracts import OrderStatus, ScanCode
from xinfu.commerce.policy import order_key
from xinfu.kit.ids import Id
from xinfu.kit.money import Money
from xinfu.kit.tabular import Fields, Problems, Record, read_records
from xinfu.kit.text import clean

PRODUCT_HEADERS = {
    "商品号": "number", "商品编号": "number", "商品名": "name", "商品名称": "name", "类目": "category", "分类": "category", "品牌": "brand",
    "简介": "summary", "图片": "image", "货号": "sku", "规格": "options", "价格": "price", "售价": "price", "库存": "stock",
} | {name: a.key for a in ATTRIBUTES.values() for name in (a.zh, a.en)}  # fmt: skip
ORDER_HEADERS = {
    "订单号": "no", "订单编号": "no", "order_no": "no", "客户号": "customer", "客户编号": "customer", "customer_no": "customer",
    "状态": "status", "订单状态": "status", "下单时间": "placed_at", "付款时间": "paid_at", "付款截止": "pay_by", "打包时间": "packed_at",
    "完成时间": "completed_at", "取消时间": "cancelled_at", "退货时间": "returned_at", "运费": "freight", "实付": "total", "总额": "total",
    "收件人": "receiver", "收件电话": "receiver_phone", "地址": "address", "备注": "note", "货号": "sku",
    "商品名": "name", "商品名称": "name",
    "规格": "options", "数量": "quantity", "单价": "price", "图片": "image", "快递公司": "carrier", "快递单号": "tracking_no",
    "预计送达": "promised_by",
}  # fmt: skip
_STATUS: dict[str, str] = {s: s for s in OrderStatus.__value__.__args__} | {
    "待付款": "unpaid", "已付款": "paid", "待发货": "paid", "已打包": "packed", "已发货": "shipped", "运输中": "shipped",
    "派送中": "out_for_delivery", "已签收": "delivered", "已完成": "completed", "已取消": "cancelled", "已退货": "returned",
}  # fmt: skip
_SCANS: dict[str, str] = {s: s for s in ScanCode.__value__.__args__} | {
    "已揽收": "collected", "已发出": "departed", "已到达": "arrived", "派送中": "out_for_delivery", "已签收": "delivered",
    "异常": "exception", "退回": "returned",
}  # fmt: skip
_MONEY_KINDS = {"payment": "payment", "付款": "payment", "refund": "refund", "退款": "refund"}
_VARIANT_COLUMNS = ("sku", "options", "price", "stock")
_LINE_COLUMNS = ("sku", "name", "options", "quantity", "price", "image")


@dataclass(frozen=True, slots=True)
class Account:
    """The customer an order belongs to, with the account's phone for telling gifts."""

    id: Id
    phone: str


def read_products(data: bytes, currency: str, problems: Problems) -> list[NewProduct]:
    """The good products of a file; what is wrong with the others is in `problems`."""
    records = _nested(read_records(data, PRODUCT_HEADERS, problems), "number", "variants", _VARIANT_COLUMNS)
    good: list[NewProduct] = []
    owners: dict[str, str] = {}
    for record in records:
        before = problems.total
        fields = Fields(record, problems, ZoneInfo("UTC"), currency)
        product = _product(fields)
        for variant in product.variants:
            if owners.setdefault(variant.sku, product.number) != product.number:
                fields.wrong("sku", f"货号 {variant.sku} 已在另一件商品里", f"sku {variant.sku} is already in another product")
        if problems.total == before:
            good.append(product)
    return good


def customer_numbers(records: list[Record]) -> set[str]:
    """The customers a file of orders speaks of."""
    return {clean(str(number)) for record in records if (number := record.values.get("customer")) not in (None, "")}


def order_records(data: bytes, problems: Problems) -> list[Record]:
    """The records of a file of orders, nested."""
    return _nested(read_records(data, ORDER_HEADERS, problems), "no", "lines", _LINE_COLUMNS)


def read_orders(
    records: list[Record], zone: ZoneInfo, currency: str, accounts: Mapping[str, Account], problems: Problems
) -> list[NewOrder]:
    """The good orders; what is wrong with the others is in `problems`. Times without an offset are in `zone`."""
    good: list[NewOrder] = []
    seen: set[str] = set()
    for record in records:
        before = problems.total
        fields = Fields(record, problems, zone, currency)
        order = _order(fields, accounts, Money(0, currency))
        if order and order_key(order.no) in seen:
            fields.wrong("no", "订单号重复", "the order number appears twice")
        if order and problems.total == before:
            seen.add(order_key(order.no))
            good.append(order)
    return good


def _nested(records: list[Record], key: str, child: str, columns: Collection[str]) -> list[Record]:
    """Flat rows with the same key as one record with children; nested records as they are."""
    out: list[Record] = []
    by_key: dict[str, Record] = {}
    for record in records:
        if child in record.values or "sku" not in record.values:
            out.append(record)
            continue
        name = str(record.values.get(key, ""))
        own = {column: record.values[column] for column in columns if column in record.values} | {"_row": record.row}
        if name and name in by_key:
            by_key[name].values[child].append(own)
            _add_parcel(by_key[name].values, record.values)
            continue
        whole = Record(record.row, {**record.values, child: [own]})
        _add_parcel(whole.values, record.values)
        by_key[name] = whole
        out.append(whole)
    return out


def _add_parcel(order: dict[str, Any], row: Mapping[str, Any]) -> None:
    """The parcel columns of a flat row as one of the order's parcels, once per tracking number."""
    if not (tracking_no := row.get("tracking_no")):
        return
    parcels: list[dict[str, Any]] = order.setdefault("parcels", [])
    if all(parcel["tracking_no"] != tracking_no for parcel in parcels):
        parcels.append({name: row.get(name, "") for name in ("carrier", "tracking_no", "promised_by")})


def _product(fields: Fields) -> NewProduct:
    attributes = {key: fields.text(key, 4000) for key in ATTRIBUTES if fields.has(key)}
    given = fields.nested("attributes")
    for key in fields.mapping("attributes"):
        if key not in ATTRIBUTES:
            given.wrong(str(key)[:40], f"不认识这个属性，可用：{', '.join(ATTRIBUTES)}", f"unknown attribute; use: {', '.join(ATTRIBUTES)}")
        else:
            attributes[key] = given.text(key, 4000)
    variants = tuple(
        NewVariant(v.text("sku", 80, required=True), v.pairs("options"), v.amount("price", required=True) or Money(0), v.whole("stock"))
        for v in fields.children("variants")
    )
    if not variants:
        fields.wrong("variants", "至少要有一个规格", "needs at least one variant")
    if len({v.sku for v in variants}) != len(variants):
        fields.wrong("sku", "货号重复", "a sku appears twice")
    return NewProduct(
        number=fields.text("number", 80, required=True),
        name=fields.text("name", 200, required=True),
        category=fields.text("category", 80),
        brand=fields.text("brand", 80),
        summary=fields.text("summary", 2000),
        image=fields.text("image", 500),
        attributes=attributes,
        variants=variants,
        extras=fields.mapping("extras"),
    )


def _order(fields: Fields, accounts: Mapping[str, Account], zero: Money) -> NewOrder | None:
    number = fields.text("customer", 80, required=True)
    account = accounts.get(number)
    if number and account is None:
        fields.wrong("customer", "没有这个客户，请先导入客户", "there is no such customer; import customers first")
    if not fields.has("status"):
        fields.wrong("status", "必填", "is required")
    no, placed_at = fields.text("no", 64, required=True), fields.time("placed_at", required=True)
    if no and not 0 < len(order_key(no)) <= 64:
        fields.wrong("no", "不是订单号", "is not an order number")
    lines = tuple(_line(line, zero) for line in fields.children("lines"))
    if not lines:
        fields.wrong("lines", "至少要有一件商品", "needs at least one line")
    rest: dict[str, Any] = {
        "receiver": fields.text("receiver", 120),
        "receiver_phone": fields.text("receiver_phone", 32),
        "address": fields.text("address", 500),
        "note": fields.text("note", 2000),
        "payments": tuple(payment for p in fields.children("payments") if (payment := _payment(p))),
        "parcels": tuple(_parcel(p) for p in fields.children("parcels")),
        "invoice": _invoice(fields),
        "extras": fields.mapping("extras"),
        "total": fields.amount("total"),
    }
    for moment in ("pay_by", "paid_at", "packed_at", "completed_at", "cancelled_at", "returned_at"):
        rest[moment] = fields.time(moment)
    status: OrderStatus = fields.choice("status", _STATUS, "paid")  # type: ignore[assignment]
    freight = fields.amount("freight") or zero
    if account is None or placed_at is None:
        return None
    return NewOrder(no, account.id, status, placed_at, lines, freight, buyer_phone=account.phone, **rest)


def _line(fields: Fields, zero: Money) -> NewLine:
    sku, name = fields.text("sku", 80), fields.text("name", 200)
    if not sku and not name:
        fields.wrong("sku", "货号和商品名至少填一个", "needs a sku or a name")
    quantity = fields.whole("quantity", 1, low=1, high=100_000)
    price = fields.amount("price", required=True) or zero
    return NewLine(sku, name or sku, quantity, price, fields.pairs("options"), fields.text("image", 500))


def _payment(fields: Fields) -> NewPayment | None:
    kind: Literal["payment", "refund"] = "refund" if fields.choice("kind", _MONEY_KINDS, "payment") == "refund" else "payment"
    amount, at = fields.amount("amount", required=True), fields.time("at", required=True)
    method, reference = fields.text("method", 60), fields.text("reference", 120)
    return NewPayment(amount, method, at, kind, reference) if amount and at else None


def _parcel(fields: Fields) -> NewParcel:
    scans = [scan for s in fields.children("scans") if (scan := _scan(s))]
    scans.sort(key=lambda scan: scan.at)
    return NewParcel(fields.text("carrier", 60), fields.text("tracking_no", 64, required=True), tuple(scans), fields.time("promised_by"))


def _scan(fields: Fields) -> NewScan | None:
    code: ScanCode = fields.choice("code", _SCANS, "arrived")  # type: ignore[assignment]
    at, place, text = fields.time("at", required=True), fields.text("place", 120), fields.text("text", 500)
    return NewScan(at, code, place, text) if at else None


def _invoice(fields: Fields) -> NewInvoice | None:
    if not fields.has("invoice"):
        return None
    values = fields.nested("invoice")
    amount = values.amount("amount", required=True)
    title, tax_no, number = values.text("title", 200, required=True), values.text("tax_no", 40), values.text("number", 60)
    issued_at = values.time("issued_at")
    return NewInvoice(title, tax_no, amount, number, issued_at) if amount is not None else None
