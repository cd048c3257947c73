"""What goes out of the commerce API. Times are milliseconds since 1970, amounts text with two decimals, personal data masked."""

from pydantic import BaseModel

from xinfu.commerce.contracts import OrderStatus, ScanCode, StepKey


class OptionOut(BaseModel):
    name: str
    value: str


class LineOut(BaseModel):
    """`product_id` is '' when the sku is not in the catalogue."""

    sku: str
    product_id: str
    name: str
    options: list[OptionOut]
    quantity: int
    price: str
    image: str


class ScanOut(BaseModel):
    at: int
    code: ScanCode
    place: str
    text: str


class ParcelOut(BaseModel):
    """Scans oldest first."""

    carrier: str
    tracking_no: str
    promised_by: int | None
    scans: list[ScanOut]


class StepOut(BaseModel):
    key: StepKey
    text: str
    at: int | None
    done: bool
    detail: str


class OrderOut(BaseModel):
    """One order. `gift` True: the receiver is perhaps not the buyer; tell the receiver neither price nor buyer."""

    id: str
    no: str
    customer_id: str
    status: OrderStatus
    status_text: str
    placed_at: int
    paid_at: int | None
    total: str
    freight: str
    currency: str
    lines: list[LineOut]
    receiver: str
    receiver_phone: str
    address: str
    gift: bool
    note: str
    parcels: list[ParcelOut]
    timeline: list[StepOut]


class OrdersOut(BaseModel):
    items: list[OrderOut]
    next: str | None


class VariantOut(BaseModel):
    sku: str
    options: list[OptionOut]
    price: str
    stock: int


class ProductOut(BaseModel):
    """`price` is the lowest of the variants'."""

    id: str
    name: str
    category: str
    brand: str
    summary: str
    image: str
    price: str
    currency: str
    variants: list[VariantOut]


class AttributeOut(BaseModel):
    key: str
    label: str
    text: str


class PriceOut(BaseModel):
    sku: str
    price: str
    at: int


class ProductDetailOut(ProductOut):
    attributes: list[AttributeOut]
    price_history: list[PriceOut]


class ProductsOut(BaseModel):
    """`categories`: all of the shop, to filter by."""

    items: list[ProductOut]
    next: str | None
    categories: list[str]
