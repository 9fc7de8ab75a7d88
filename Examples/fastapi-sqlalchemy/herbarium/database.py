"""Tables, and sessions on them."""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

folder = Path(os.environ.get("HERBARIUM_DATA", "data"))
engine = create_async_engine(f"sqlite+aiosqlite:///{folder / 'herbarium.sqlite3'}")
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    """The tables of the herbarium."""


class Specimen(Base):
    """A plant that somebody found."""

    __tablename__ = "specimens"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    species: Mapped[str]
    place: Mapped[str]
    colour: Mapped[str]
    added: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    photo: Mapped[bytes | None] = mapped_column(default=None, deferred=True)
    photo_type: Mapped[str | None] = mapped_column(default=None)
    notes: Mapped[list["Note"]] = relationship(
        back_populates="specimen", cascade="all, delete-orphan", order_by="Note.id"
    )


class Note(Base):
    """What somebody wrote about a specimen."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    specimen_id: Mapped[int] = mapped_column(ForeignKey("specimens.id", ondelete="CASCADE"))
    text: Mapped[str]
    written: Mapped[datetime] = mapped_column(default=lambda: datetime.now(UTC))
    specimen: Mapped[Specimen] = relationship(back_populates="notes")


FIRST = [
    ("Hart's-tongue", "Asplenium scolopendrium", "Shaded wall, north side", "#2f6b3f"),
    ("Maidenhair fern", "Adiantum capillus-veneris", "Wet limestone by the spring", "#6a9a4b"),
    ("Royal fern", "Osmunda regalis", "Edge of the bog", "#a3742c"),
    ("Ostrich fern", "Matteuccia struthiopteris", "River bank, in half shade", "#3f8f6b"),
    ("Wall-rue", "Asplenium ruta-muraria", "Old mortar of the chapel", "#55706b"),
    ("Hard fern", "Struthiopteris spicant", "Spruce wood, acid soil", "#1f5140"),
]


async def prepare() -> None:
    """Makes the tables, and fills those of a new database."""
    folder.mkdir(parents=True, exist_ok=True)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with sessions() as session:
        if await session.scalar(select(func.count(Specimen.id))) == 0:
            for name, species, place, colour in FIRST:
                session.add(Specimen(name=name, species=species, place=place, colour=colour))
            await session.commit()


async def session() -> AsyncIterator[AsyncSession]:
    """One session a request."""
    async with sessions() as opened:
        yield opened
