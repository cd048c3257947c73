"""A file of listings: its columns, row by row. Pure but for the reading itself."""

from datetime import tzinfo

from xinfu.aftersales.listing.policy import MOST_UNITS, Terms
from xinfu.kit.money import Money
from xinfu.kit.tabular import Fields, Problems, read_records

HEADERS = {
    "活动": "campaign", "活动名称": "campaign", "campaign": "campaign",
    "货号": "sku", "sku": "sku",
    "活动价": "price", "价格": "price", "price": "price",
    "每人限购": "per_customer", "限购": "per_customer", "per_customer": "per_customer",
    "数量": "quantity", "活动数量": "quantity", "quantity": "quantity",
    "开始时间": "starts_at", "开始": "starts_at", "starts_at": "starts_at",
    "结束时间": "ends_at", "结束": "ends_at", "ends_at": "ends_at",
}  # fmt: skip


def read_listings(data: bytes, zone: tzinfo, currency: str, problems: Problems) -> list[tuple[int, Terms]]:
    """The rows that are whole, with their line. Raises Invalid and TooLarge for a file as a whole."""
    out: list[tuple[int, Terms]] = []
    for record in read_records(data, HEADERS, problems):
        before = problems.total
        fields = Fields(record, problems, zone, currency)
        starts, ends = fields.time("starts_at", required=True), fields.time("ends_at", required=True)
        terms = Terms(
            fields.text("campaign", 80, required=True),
            fields.text("sku", 80, required=True),
            fields.amount("price", required=True) or Money(0, currency),
            fields.whole("per_customer", high=MOST_UNITS),
            fields.whole("quantity", high=MOST_UNITS),
            starts or ends,  # type: ignore[arg-type]  # a row without its times is a problem and goes no further
            ends or starts,  # type: ignore[arg-type]
        )
        if problems.total == before:
            out.append((record.row, terms))
    return out
