import gzip
import re
from pathlib import Path

import httpx
import pytest

from tests.support.live_lab import ROOT
from topowave.balancer.page import PAGES, make_page

pytestmark = pytest.mark.anyio


def client(folder: Path, address: str = "http://localhost:3000") -> httpx.AsyncClient:
    app = make_page(folder, 7999, "127.0.0.1")
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=address)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<p>the page</p>")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "app-1a2b.js").write_text("let x = 1;")
    (tmp_path / "icon.svg").write_text("<svg/>")
    return tmp_path


async def test_the_page_learns_where_the_balancer_is(built: Path) -> None:
    async with client(built) as browser:
        answer = await browser.get("/lab.json")
        assert answer.json() == {"balancer_port": 7999}
        assert answer.headers["cache-control"] == "no-store"


HTML = {"accept": "text/html,*/*"}


@pytest.mark.parametrize(
    "path",
    ["/", "/index.html", "/app", "/tasks", "/tasks/a%20b?status=failed", "/executors/Grüße", "/guide/3"],
)
async def test_the_page_itself_is_asked_for_every_time(built: Path, path: str) -> None:
    async with client(built) as browser:
        answer = await browser.get(path)
        assert (answer.text, answer.headers["cache-control"]) == ("<p>the page</p>", "no-cache")
        assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/nothing", "/tasks/1/2", "/app/x", "/docs"])
async def test_where_no_page_is_people_get_the_page_that_says_so_and_programs_a_sentence(
    built: Path, path: str
) -> None:
    async with client(built) as browser:
        shown = await browser.get(path, headers=HTML)
        assert (shown.status_code, shown.text) == (404, "<p>the page</p>")
        told = await browser.get(path)
        assert told.status_code == 404
        assert told.json()["detail"].startswith(f"nothing is at {path!r} here; the pages are /, /app,")
        assert (await browser.post("/tasks", headers=HTML)).status_code == 405


def test_every_page_that_the_frontend_knows_is_served() -> None:
    table = (ROOT / "frontend" / "src" / "app" / "routes.ts").read_text("utf-8")
    paths = [re.findall(r'"(/[^"]*)"', line) for line in table.splitlines() if " paths: [" in line]
    known = {re.sub(r":(\w+)", r"{\1}", path) for found in paths for path in found}
    assert "/" in known
    assert known <= set(PAGES)


async def test_files_named_by_their_content_are_kept_for_ever_and_others_are_not(built: Path) -> None:
    async with client(built) as browser:
        script = await browser.get("/assets/app-1a2b.js")
        assert "immutable" in script.headers["cache-control"]
        assert script.headers["content-type"].startswith("text/javascript")
        assert (await browser.get("/icon.svg")).headers["cache-control"] == "no-cache"


async def test_what_the_build_has_compressed_goes_compressed_to_a_browser_that_takes_it(built: Path) -> None:
    script = built / "assets" / "app-1a2b.js"
    (built / "assets" / "app-1a2b.js.gz").write_bytes(gzip.compress(script.read_bytes()))
    async with client(built) as browser:
        answer = await browser.get("/assets/app-1a2b.js", headers={"accept-encoding": "br, gzip"})
        assert (answer.text, answer.headers["content-encoding"]) == ("let x = 1;", "gzip")
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert "immutable" in answer.headers["cache-control"]
        again = {"accept-encoding": "gzip", "if-none-match": answer.headers["etag"]}
        assert (await browser.get("/assets/app-1a2b.js", headers=again)).status_code == 304
        plain = await browser.get("/assets/app-1a2b.js", headers={"accept-encoding": "identity"})
        assert (plain.text, "content-encoding" in plain.headers) == ("let x = 1;", False)
        assert plain.headers["vary"] == answer.headers["vary"] == "accept-encoding"
        assert "content-encoding" not in (await browser.get("/icon.svg")).headers


async def test_a_file_that_is_not_there_is_not_found(built: Path) -> None:
    async with client(built) as browser:
        assert (await browser.get("/assets/other.js")).status_code == 404


@pytest.mark.parametrize("path", ["/../secret", "/%2e%2e/secret", "/assets/../../secret"])
async def test_nothing_outside_the_folder_is_served(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_text("kept to itself")
    (tmp_path / "dist").mkdir()
    async with client(tmp_path / "dist") as browser:
        assert "kept to itself" not in (await browser.get(path)).text


async def test_where_the_page_is_not_built_a_page_says_how(tmp_path: Path) -> None:
    async with client(tmp_path / "dist") as browser:
        answer = await browser.get("/")
        assert answer.status_code == 503
        assert "make run" in answer.text
        (tmp_path / "dist").mkdir()
        (tmp_path / "dist" / "index.html").write_text("built")
        assert (await browser.get("/")).text == "built"


async def test_the_page_is_not_served_under_a_strange_name(built: Path) -> None:
    async with client(built, "http://evil.example") as browser:
        assert (await browser.get("/lab.json")).status_code == 403
