"""Pages and API."""

import csv
import io
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Query, Response, UploadFile, status
from fastapi.responses import FileResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from fastapi_swagger import patch_fastapi
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload, undefer

from . import database
from .database import Note, Specimen
from .feed import feed

STATIC = Path(__file__).parent / "static"
LARGEST_PHOTO = 2_000_000
Session = Annotated[AsyncSession, Depends(database.session)]


class NewSpecimen(BaseModel):
    """What one says of a new specimen."""

    name: str = Field(min_length=1, max_length=60, examples=["Lady fern"])
    species: str = Field(min_length=3, max_length=80, examples=["Athyrium filix-femina"])
    place: str = Field(max_length=120, examples=["Ditch along the forest road"])
    colour: str = Field(default="#4d8b57", pattern="^#[0-9a-f]{6}$")


class NewNote(BaseModel):
    """A note to be written."""

    text: str = Field(min_length=1, max_length=500)


class NoteOut(BaseModel):
    """A note as it is kept."""

    model_config = ConfigDict(from_attributes=True)
    id: int
    text: str
    written: datetime


class SpecimenOut(NewSpecimen):
    """A specimen in the list."""

    model_config = ConfigDict(from_attributes=True)
    id: int
    added: datetime
    photo_type: str | None


class SpecimenPage(SpecimenOut):
    """A specimen with its notes."""

    notes: list[NoteOut]


@asynccontextmanager
async def lifespan(_: FastAPI):
    """The database is there while the application is."""
    await database.prepare()
    yield
    await database.engine.dispose()


app = FastAPI(
    title="Herbarium",
    version="1.0.0",
    description="Specimens, photographs and field notes.",
    lifespan=lifespan,
    docs_url=None,
    redoc_url=None,
    swagger_ui_oauth2_redirect_url=None,
)
patch_fastapi(app, redirect_from_root_to_docs=False)
app.mount("/static", StaticFiles(directory=STATIC), name="static")


async def found(session: AsyncSession, number: int, *options) -> Specimen:
    """The specimen of that number, or the answer 404."""
    specimen = await session.get(Specimen, number, options=options)
    if specimen is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no specimen {number}.")
    return specimen


@app.get("/", include_in_schema=False)
async def index() -> FileResponse:
    return FileResponse(STATIC / "index.html")


@app.get("/specimens/{number}", include_in_schema=False)
async def page(number: int, session: Session) -> FileResponse:
    await found(session, number)
    return FileResponse(STATIC / "specimen.html")


@app.get("/api/specimens", tags=["specimens"])
async def search(session: Session, q: Annotated[str, Query(max_length=60)] = "") -> list[SpecimenOut]:
    """All specimens, or those whose name, species or place contains `q`."""
    query = select(Specimen).order_by(Specimen.name)
    if q:
        query = query.where(or_(*(column.icontains(q, autoescape=True) for column in _searched)))
    return [SpecimenOut.model_validate(row) for row in await session.scalars(query)]


_searched = (Specimen.name, Specimen.species, Specimen.place)


@app.post("/api/specimens", status_code=status.HTTP_201_CREATED, tags=["specimens"])
async def add(new: NewSpecimen, session: Session) -> SpecimenOut:
    """Adds a specimen."""
    specimen = Specimen(**new.model_dump())
    session.add(specimen)
    await session.commit()
    feed.tell("added", id=specimen.id, name=specimen.name)
    return SpecimenOut.model_validate(specimen)


@app.get("/api/specimens/{number}", tags=["specimens"])
async def read(number: int, session: Session) -> SpecimenPage:
    """One specimen with its notes."""
    return SpecimenPage.model_validate(await found(session, number, selectinload(Specimen.notes)))


@app.delete("/api/specimens/{number}", status_code=status.HTTP_204_NO_CONTENT, tags=["specimens"])
async def remove(number: int, session: Session) -> None:
    """Removes a specimen and its notes."""
    specimen = await found(session, number, selectinload(Specimen.notes))
    await session.delete(specimen)
    await session.commit()
    feed.tell("removed", id=number, name=specimen.name)


@app.post("/api/specimens/{number}/notes", status_code=status.HTTP_201_CREATED, tags=["notes"])
async def write(number: int, new: NewNote, session: Session) -> NoteOut:
    """Writes a note about a specimen."""
    specimen = await found(session, number)
    note = Note(specimen_id=number, text=new.text)
    session.add(note)
    await session.commit()
    feed.tell("noted", id=number, name=specimen.name)
    return NoteOut.model_validate(note)


@app.put("/api/specimens/{number}/photo", tags=["photographs"])
async def upload(number: int, photo: UploadFile, session: Session) -> SpecimenOut:
    """Keeps a photograph (PNG, JPEG, WebP or GIF, at most 2 MB)."""
    if photo.content_type not in {"image/png", "image/jpeg", "image/webp", "image/gif"}:
        raise HTTPException(status.HTTP_415_UNSUPPORTED_MEDIA_TYPE, "This is not a photograph.")
    content = await photo.read(LARGEST_PHOTO + 1)
    if len(content) > LARGEST_PHOTO:
        raise HTTPException(413, "The photograph is larger than 2 MB.")
    specimen = await found(session, number)
    specimen.photo, specimen.photo_type = content, photo.content_type
    await session.commit()
    feed.tell("photographed", id=number, name=specimen.name)
    return SpecimenOut.model_validate(specimen)


@app.get("/api/specimens/{number}/photo", response_class=Response, tags=["photographs"])
async def photograph(number: int, session: Session) -> Response:
    """The photograph of a specimen."""
    specimen = await found(session, number, undefer(Specimen.photo))
    if specimen.photo is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"Specimen {number} has no photograph.")
    return Response(specimen.photo, media_type=specimen.photo_type)


@app.get("/api/places", tags=["specimens"])
async def places(session: Session) -> dict[str, int]:
    """How many specimens were found at each place."""
    rows = await session.execute(select(Specimen.place, func.count()).group_by(Specimen.place).order_by(Specimen.place))
    return {place: count for place, count in rows}


async def _all(session: Session) -> list[Specimen]:
    return list(await session.scalars(select(Specimen).order_by(Specimen.id)))


@app.get("/api/export.csv", response_class=Response, tags=["specimens"])
def export(specimens: Annotated[list[Specimen], Depends(_all)]) -> Response:
    """Everything as a table. A plain function: FastAPI runs it in a thread."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(["id", "name", "species", "place", "added"])
    table.writerows([s.id, s.name, s.species, s.place, s.added.isoformat()] for s in specimens)
    return Response(
        text.getvalue(),
        media_type="text/csv",
        headers={"Content-Disposition": 'attachment; filename="herbarium.csv"'},
    )


@app.get("/api/events", response_class=StreamingResponse, tags=["events"])
async def events() -> StreamingResponse:
    """What happens, as server-sent events."""
    return StreamingResponse(
        feed.listen(), media_type="text/event-stream", headers={"Cache-Control": "no-cache"}
    )
