"""What /metrics tells of conversations."""

from prometheus_client import Counter, Gauge, Histogram

MESSAGES = Counter("xinfu_messages_total", "Messages stored, by who said them", ["sender"])
REFUSED = Counter("xinfu_refused_total", "Frames and commands refused, by code", ["code"])
BATCH_SIZE = Histogram("xinfu_intake_batch_size", "Commands per batch", buckets=(1, 2, 5, 10, 20, 50, 100, 200, 512))
COMMIT_SECONDS = Histogram(
    "xinfu_commit_seconds", "Time to make one batch durable", buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2)
)
QUEUE_DEPTH = Gauge("xinfu_intake_queue", "Commands waiting for the writer")
SOCKETS = Gauge("xinfu_sockets", "Open sockets", ["side"])
