"""All tables at once: imports every folder's model so that Base.metadata is complete, for migrations and for tests."""

import importlib
from pathlib import Path

import xinfu
from xinfu.kit.database import Base

_HERE = Path(xinfu.__file__).parent
for _file in sorted((*_HERE.glob("*/model.py"), *_HERE.glob("*/*/model.py"))):
    importlib.import_module("xinfu." + ".".join(_file.relative_to(_HERE).with_suffix("").parts))
importlib.import_module("xinfu.kit.audit")
importlib.import_module("xinfu.reception.llm_model")

metadata = Base.metadata
