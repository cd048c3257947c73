"""Measuring and proving from outside: load and replay against a running centre, knowing only its protocol."""

from xinfu.benchmark.reception import bench_app
from xinfu.benchmark.replay import ReplayOptions, ReplayReport, replay
from xinfu.benchmark.replay_command import replay_command

__all__ = ["ReplayOptions", "ReplayReport", "bench_app", "replay", "replay_command"]
