"""What goes in and out of the customers API. Times are milliseconds since 1970."""

from pydantic import BaseModel, Field

from xinfu.customers.policy import MAX_VIP, Sensitive


class CustomerOut(BaseModel):
    """One row of a customer list; personal data masked."""

    id: str
    number: str | None
    name: str
    phone: str
    vip: int
    tags: list[str]
    language: str
    known: bool
    created_at: int


class AddressOut(BaseModel):
    receiver: str
    phone: str
    address: str


class NoteOut(BaseModel):
    id: str
    author: str
    text: str
    at: int


class ProfileOut(CustomerOut):
    """One customer; `may_unmask` says whether the reader may ask for whole values."""

    email: str
    addresses: list[AddressOut]
    channels: list[str]
    notes: list[NoteOut]
    may_unmask: bool


class CustomersOut(BaseModel):
    items: list[CustomerOut]
    next: str | None


class EditIn(BaseModel):
    """What to change; what is left out stays. `note` is added to the others."""

    tags: list[str] | None = Field(None, max_length=100)
    vip: int | None = Field(None, ge=0, le=MAX_VIP)
    note: str | None = Field(None, max_length=4000)


class UnmaskIn(BaseModel):
    field: Sensitive
    reason: str = Field(max_length=500)


class UnmaskOut(BaseModel):
    """`value` is text, or the address book for `addresses`."""

    field: Sensitive
    value: str | list[AddressOut]
