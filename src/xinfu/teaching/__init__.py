"""The owner's own data: labelled messages, models trained from them, and which model reads which shop's customers."""

from xinfu.teaching.asking import Asking, MessageLog
from xinfu.teaching.contracts import Head, Labels, Source
from xinfu.teaching.endpoints import router
from xinfu.teaching.lines import Lines
from xinfu.teaching.readers import Readers
from xinfu.teaching.training import Effort, Training

__all__ = ["Asking", "Effort", "Head", "Labels", "Lines", "MessageLog", "Readers", "Source", "Training", "router"]
