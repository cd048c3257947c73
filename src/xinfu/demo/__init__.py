"""The demo shop: its goods, people and customers, and simulated visitors who keep the desk busy."""

from xinfu.demo.cases import populate_cases
from xinfu.demo.endpoints import router
from xinfu.demo.populate import NAME, SLUG, DemoServices, Size, populate
from xinfu.demo.service import Showroom
from xinfu.demo.simulator import Simulator
from xinfu.demo.staff import DEMO_PASSWORD, OWNER, STAFF, DemoStaff

__all__ = [
    "DEMO_PASSWORD",
    "NAME",
    "OWNER",
    "SLUG",
    "DemoServices",
    "DemoStaff",
    "Showroom",
    "Simulator",
    "Size",
    "logins",
    "populate",
    "populate_cases",
    "router",
]


def logins() -> tuple[DemoStaff, ...]:
    """Everyone who can sign in, the owner first; all with DEMO_PASSWORD."""
    return (OWNER, *STAFF)
