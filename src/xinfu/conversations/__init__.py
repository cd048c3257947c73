"""Conversations: messages in, answers out, nothing lost. Other folders import only what is named here, or contracts.py."""

from xinfu.conversations.contracts import (
    Changed,
    Desk,
    Handover,
    Incoming,
    Message,
    Note,
    Presence,
    QueuePlace,
    Reply,
    Responder,
    Said,
    Summary,
    Switchboard,
)

__all__ = [
    "Changed",
    "Desk",
    "Handover",
    "Incoming",
    "Message",
    "Note",
    "Presence",
    "QueuePlace",
    "Reply",
    "Responder",
    "Said",
    "Summary",
    "Switchboard",
]
