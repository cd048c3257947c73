"""Tables of the message log (schema `log`), declared for migrations; the hot path reads and writes them without the ORM (store.py).

`conversation.head` is the whole Summary as JSON: one row write moves a conversation on, and a list is read without touching messages.
The columns beside it exist only to be searched by.
"""

from sqlalchemy import BigInteger, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.conversations.model_files import FileRow
from xinfu.kit.database import Base
from xinfu.kit.ids import Id


class ConversationRow(Base):
    __tablename__ = "conversation"
    __table_args__ = (
        Index("ix_conversation_shop_last", "shop_id", "last_at"),
        Index("ix_conversation_shop_state", "shop_id", "state", "last_at"),
        Index("ix_conversation_state_last", "state", "last_at"),
        Index("ix_conversation_assignee", "assignee_id", "state"),
        Index("ix_conversation_customer", "customer_id", "opened_at"),
        # The list of all open ones: a few among everything that was ever closed.
        Index(
            "ix_conversation_shop_open",
            "shop_id",
            "last_at",
            "id",
            sqlite_where=text("state <> 'closed'"),
            postgresql_where=text("state <> 'closed'"),
        ),
        {"schema": "log"},
    )

    id: Mapped[Id] = mapped_column(String(32), primary_key=True)
    shop_id: Mapped[Id] = mapped_column(String(32))
    customer_id: Mapped[Id] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(8))
    assignee_id: Mapped[Id | None] = mapped_column(String(32))
    opened_at: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[int] = mapped_column(BigInteger)
    head: Mapped[str] = mapped_column(Text)
    memory: Mapped[str] = mapped_column(Text)


class MessageRow(Base):
    __tablename__ = "message"
    __table_args__ = (Index("ix_message_at", "at"), {"schema": "log"})

    conversation_id: Mapped[Id] = mapped_column(String(32), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    shop_id: Mapped[Id] = mapped_column(String(32))
    at: Mapped[int] = mapped_column(BigInteger)
    sender: Mapped[str] = mapped_column(String(8))
    sender_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    data: Mapped[str | None] = mapped_column(Text)
    client_id: Mapped[str | None] = mapped_column(String(64))


class NoteRow(Base):
    __tablename__ = "note"
    __table_args__ = (Index("ix_note_shop_at", "shop_id", "at"), {"schema": "log"})

    conversation_id: Mapped[Id] = mapped_column(String(32), primary_key=True)
    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    shop_id: Mapped[Id] = mapped_column(String(32))
    after_seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(12))
    author_id: Mapped[str] = mapped_column(String(64))
    author: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    data: Mapped[str | None] = mapped_column(Text)


__all__ = ["ConversationRow", "FileRow", "MessageRow", "NoteRow"]
