"""The table of uploaded files: what each one is and who brought it. The bytes lie in the files folder."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from xinfu.kit.database import Base, Identified, OfShop
from xinfu.kit.ids import Id


class FileRow(Identified, OfShop, Base):
    """One stored file. `mime` is what its content was found to be; `name` ends accordingly."""

    __tablename__ = "file"
    __table_args__ = (Index("ix_file_shop_uploader", "shop_id", "uploader_id", "at"),)

    uploader_kind: Mapped[str] = mapped_column(String(16))
    uploader_id: Mapped[Id] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(160))
    mime: Mapped[str] = mapped_column(String(40))
    size: Mapped[int] = mapped_column(BigInteger)
    width: Mapped[int | None]
    height: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
