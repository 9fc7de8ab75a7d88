"""The whole application, driven in process: no server, no network."""

import asyncio
import importlib
import os

import pytest

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    os.environ["HERBARIUM_DATA"] = str(tmp_path_factory.mktemp("herbarium"))
    from starlette.testclient import TestClient

    with TestClient(importlib.import_module("main").app) as client:
        yield client


@pytest.fixture
def fern(client):
    made = client.post(
        "/api/specimens",
        json={"name": "Lady fern", "species": "Athyrium filix-femina", "place": "Ditch"},
    )
    assert made.status_code == 201
    yield made.json()["id"]
    client.delete(f"/api/specimens/{made.json()['id']}")


def test_a_new_database_has_specimens(client):
    names = [row["name"] for row in client.get("/api/specimens").json()]
    assert len(names) == 6
    assert names == sorted(names)


def test_search_looks_at_name_species_and_place(client):
    def names(q):
        return [row["name"] for row in client.get("/api/specimens", params={"q": q}).json()]

    assert names("ROYAL") == ["Royal fern"]
    assert names("asplenium") == ["Hart's-tongue", "Wall-rue"]
    assert names("bog") == ["Royal fern"]
    assert names("100%") == []


def test_added_read_and_removed(client, fern):
    read = client.get(f"/api/specimens/{fern}").json()
    assert (read["name"], read["colour"], read["notes"]) == ("Lady fern", "#4d8b57", [])
    assert client.delete(f"/api/specimens/{fern}").status_code == 204
    assert client.get(f"/api/specimens/{fern}").json() == {"detail": f"There is no specimen {fern}."}


@pytest.mark.parametrize("wrong", [{"name": ""}, {"species": "x"}, {"colour": "green"}, {"place": None}])
def test_what_is_wrong_is_refused(client, wrong):
    right = {"name": "A", "species": "B c", "place": "D"}
    refused = client.post("/api/specimens", json=right | wrong)
    assert refused.status_code == 422
    assert refused.json()["detail"][0]["loc"] == ["body", *wrong]


def test_notes_are_kept_in_order_and_go_with_the_specimen(client, fern):
    for text in ("Fronds unroll.", "Spores ripe."):
        assert client.post(f"/api/specimens/{fern}/notes", json={"text": text}).status_code == 201
    assert [note["text"] for note in client.get(f"/api/specimens/{fern}").json()["notes"]] == [
        "Fronds unroll.",
        "Spores ripe.",
    ]


def test_photograph(client, fern):
    address = f"/api/specimens/{fern}/photo"
    assert client.get(address).status_code == 404
    assert client.put(address, files={"photo": ("a.png", PNG, "image/png")}).status_code == 200
    got = client.get(address)
    assert (got.content, got.headers["content-type"]) == (PNG, "image/png")
    assert client.put(address, files={"photo": ("a.txt", b"hi", "text/plain")}).status_code == 415
    large = bytes(2_000_001)
    assert client.put(address, files={"photo": ("a.png", large, "image/png")}).status_code == 413


def test_export_runs_in_a_thread(client):
    got = client.get("/api/export.csv")
    assert got.headers["content-disposition"] == 'attachment; filename="herbarium.csv"'
    lines = got.text.splitlines()
    assert lines[0] == "id,name,species,place,added"
    assert len(lines) == 7


def test_places(client):
    assert client.get("/api/places").json()["Edge of the bog"] == 1


def test_the_feed_tells_all_who_listen():
    from herbarium.feed import Feed

    async def scenario():
        feed = Feed()
        first, second = feed.listen(), feed.listen(pause=0.01)
        assert '"listeners": 1' in await anext(first)
        assert '"listeners": 2' in await anext(second)
        assert await anext(second) == ": still here\n\n"
        feed.tell("added", id=7)
        assert await anext(first) == await anext(second) == 'event: added\ndata: {"id": 7}\n\n'
        await first.aclose()
        await second.aclose()

    asyncio.run(scenario())


def test_pages(client):
    assert "Herbarium" in client.get("/").text
    assert client.get("/specimens/1").headers["content-type"].startswith("text/html")
    assert client.get("/specimens/999").status_code == 404
    for name in ("style.css", "list.js", "specimen.js"):
        assert client.get(f"/static/{name}").status_code == 200


def test_documentation_is_served_without_other_hosts(client):
    assert client.get("/openapi.json").json()["info"]["title"] == "Herbarium"
    html = client.get("/docs").text
    assert "swagger-ui-bundle.js" in html
    assert "cdn" not in html
    assert len(client.get("/swagger/swagger-ui-bundle.js").content) > 1_000_000
