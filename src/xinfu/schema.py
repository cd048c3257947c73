"""All tables at once: imports every folder's model so that Base.metadata is complete, for migrations and for tests."""

import importlib
import importlib.util
import pkgutil

import xinfu
from xinfu.kit.database import Base

for _package in pkgutil.iter_modules(xinfu.__path__):
    if _package.ispkg and importlib.util.find_spec(f"xinfu.{_package.name}.model"):
        importlib.import_module(f"xinfu.{_package.name}.model")
importlib.import_module("xinfu.kit.audit")
importlib.import_module("xinfu.reception.llm_model")

metadata = Base.metadata
