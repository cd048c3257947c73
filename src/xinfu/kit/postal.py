"""Addresses in parts (street, city, zip …) as shop systems abroad keep them, and the one line people read."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, TypeAdapter, ValidationError

from xinfu.kit.errors import Invalid
from xinfu.kit.text import clean


def one_line(parts: Mapping[str, str]) -> str:
    """The parts that say something, in the order given."""
    return ", ".join(part for part in parts.values() if part)


def _says_something(parts: dict[str, str]) -> dict[str, str]:
    if len(one_line(parts)) < 2:
        raise ValueError("an address")
    return parts


type PartName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
type Part = Annotated[str, AfterValidator(clean), StringConstraints(max_length=120)]
type Parts = Annotated[dict[PartName, Part], Field(min_length=1, max_length=12), AfterValidator(_says_something)]

_parts: TypeAdapter[dict[str, str]] = TypeAdapter(Parts)


def parts_of(given: Mapping[str, str]) -> dict[str, str]:
    """The parts, checked. Raises Invalid."""
    try:
        return _parts.validate_python(dict(given))
    except ValidationError as e:
        raise Invalid(why="; ".join(f"{'.'.join(map(str, x['loc']))}: {x['msg']}" for x in e.errors()[:3])) from e
