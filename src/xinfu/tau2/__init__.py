"""The published tau2 retail form: its actions through the real services, its tasks on fresh copies, the shop given back in it."""

from xinfu.tau2.actions import WRITING, Hand, Outcome, Yes
from xinfu.tau2.commands import export_app, tau2_app
from xinfu.tau2.shop import difference, export
from xinfu.tau2.tasks import Copies, Task, Write, play, read_tasks, report
from xinfu.tau2.workplace import Workplace, agent

__all__ = [
    "WRITING",
    "Copies",
    "Hand",
    "Outcome",
    "Task",
    "Workplace",
    "Write",
    "Yes",
    "agent",
    "difference",
    "export",
    "export_app",
    "play",
    "read_tasks",
    "report",
    "tau2_app",
]
