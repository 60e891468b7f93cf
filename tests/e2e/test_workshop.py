"""Networks drawn on the page: by keys, fingers and mouse, from files and shapes; saved, simulated, run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FloatRect, Page, expect

from tests.e2e.conftest import NODES, PATIENCE_MS, OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.test_sessions import STARTED_MS, served
from tests.e2e.watched import LabPage
from tests.support.live_lab import LiveLab
from topowave.topology import Topology, generate, read_network, read_topology, write_network

WINDOWS = {"phone": (390, 844), "laptop": (1280, 800), "projector": (1920, 1080)}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def saved(shown: LabPage, folder: Path, format: str = "topology") -> Topology:
    """Save what is drawn; returns what the file holds."""
    shown.part("workshop-format").select_option(format)
    with shown.page.expect_download() as download:
        shown.part("workshop-save").press("Enter")
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return read_network(file)


def expect_size(shown: LabPage, nodes: int, links: int) -> None:
    expect(shown.part("workshop-state")).to_contain_text(f"{nodes} nodes, {links} links")


def sheet_of(shown: LabPage) -> FloatRect:
    box = shown.part("workshop-drawing").bounding_box()
    assert box is not None
    return box


@pytest.mark.parametrize("window", WINDOWS)
def test_a_network_is_drawn_by_the_keyboard_alone(open_page: OpenPage, window: str, tmp_path: Path) -> None:
    width, height = WINDOWS[window]
    shown = open_page("/workshop", viewport={"width": width, "height": height})
    keys, said = shown.page.keyboard, shown.part("workshop-said")
    shown.part("workshop-drawing").focus()
    keys.press("n")
    expect(said).to_have_text("root was added")
    keys.press("n")
    expect(said).to_have_text("node-1 was added and linked with root")
    keys.press("Home")
    keys.press("n")
    expect(said).to_have_text("node-2 was added and linked with root")
    keys.press("l")
    keys.press("Home")
    keys.press("ArrowDown")
    expect(said).to_have_text("node-1 is chosen")
    keys.press("Enter")
    expect(said).to_have_text("node-2 and node-1 are linked")
    keys.press("Shift+ArrowLeft")
    expect(said).to_have_text("node-1 was moved")
    keys.press("Control+z")
    expect(said).to_have_text("One step was taken back")
    keys.press("Enter")
    expect(shown.part("workshop-name")).to_be_focused()
    keys.type("Zürich")
    keys.press("Enter")
    expect(said).to_have_text("Zürich was changed")
    shown.part("workshop-cpu").fill("0")
    keys.press("Enter")
    expect(shown.part("workshop-state")).to_contain_text("The cores of Zürich")
    expect(shown.part("workshop-simulate")).to_have_attribute("aria-disabled", "true")
    shown.part("workshop-cpu").fill("16")
    shown.part("workshop-roles").fill("video, gpu")
    keys.press("Enter")
    expect(shown.part("workshop-state")).to_contain_text("Nothing is wrong")
    found = saved(shown, tmp_path)
    assert {*map(frozenset, found.links)} == {
        frozenset(pair) for pair in (("root", "Zürich"), ("root", "node-2"), ("node-2", "Zürich"))
    }
    node = found.node("Zürich")
    assert (node.cpu, node.executor.roles) == (16, ("video", "gpu"))
    choice = shown.page.get_by_role("button", name="Choose Zürich")
    expect(shown.part("workshop-list").locator("tr", has=choice)).to_contain_text("root, node-2")
    shown.page.add_script_tag(path=str(AXE))
    assert shown.page.evaluate(FIND, {"but": [], "only": None}) == []
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_a_phone_taps_add_and_link_nodes_and_the_drawing_outlives_a_reload(open_page: OpenPage) -> None:
    shown = open_page("/workshop", **PHONE)
    modes = shown.part("workshop-mode")
    modes.get_by_text("Add nodes").tap()
    sheet = sheet_of(shown)
    places = [(sheet["x"] + x, sheet["y"] + y) for x, y in ((200, 60), (80, 200), (300, 200))]
    for number, place in enumerate(places):
        shown.page.touchscreen.tap(*place)
        expect(shown.part("workshop-drawing").locator("[data-node]")).to_have_count(number + 1)
    expect_size(shown, 3, 2)
    modes.get_by_text("Link", exact=True).tap()
    sheet = sheet_of(shown)
    for x, y in ((200, 60), (300, 200)):
        shown.page.touchscreen.tap(sheet["x"] + x, sheet["y"] + y)
    expect(shown.part("workshop-said")).to_have_text("root and node-2 are linked")
    expect_size(shown, 3, 3)
    shown.page.reload()
    expect_size(shown, 3, 3)


def test_the_mouse_drags_nodes_and_draws_links_and_steps_are_taken_back(open_page: OpenPage) -> None:
    shown = open_page("/workshop")
    mouse, sheet = shown.page.mouse, sheet_of(shown)

    def drag(start: tuple[int, int], end: tuple[int, int]) -> None:
        mouse.move(sheet["x"] + start[0], sheet["y"] + start[1])
        mouse.down()
        mouse.move(sheet["x"] + end[0], sheet["y"] + end[1], steps=4)
        mouse.up()

    shown.part("workshop-mode").get_by_text("Add nodes").click()
    for x, y in ((300, 80), (150, 250), (450, 250)):
        mouse.click(sheet["x"] + x, sheet["y"] + y)
    expect_size(shown, 3, 2)
    shown.part("workshop-mode").get_by_text("Link", exact=True).click()
    drag((300, 80), (450, 250))
    expect(shown.part("workshop-said")).to_have_text("root and node-2 are linked")
    expect_size(shown, 3, 3)
    shown.part("workshop-mode").get_by_text("Choose and move").click()
    drag((450, 250), (500, 120))
    expect(shown.part("workshop-said")).to_have_text("node-2 was moved")
    mouse.click(sheet["x"] + 225, sheet["y"] + 165)  # the link between root and node-1
    shown.part("workshop-delete").click()
    expect(shown.part("workshop-said")).to_have_text("root and node-1 are linked no more")
    mouse.click(sheet["x"] + 500, sheet["y"] + 120)
    shown.part("workshop-delete").click()
    expect(shown.part("workshop-state")).to_contain_text("is not linked with the root")
    for _ in range(4):
        shown.part("workshop-undo").click()
    expect_size(shown, 3, 2)
    shown.part("workshop-redo").click()
    expect_size(shown, 3, 3)


@pytest.fixture
def alone(lab: LiveLab, browser: Browser) -> Iterator[LabPage]:
    """The page of `topowave lab`, without a lab of servers."""
    with served("lab") as link, closing(browser.new_context(locale="en-GB")) as context:
        page: Page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(link)
        shown = LabPage(page, lab)
        shown.part("page-workshop").click()
        yield shown


def test_a_file_is_opened_mended_saved_in_another_format_and_simulated_without_a_lab(
    alone: LabPage, tmp_path: Path
) -> None:
    drawn = generate("grid", nodes=6, seed=1)
    write_network(drawn, tmp_path / "grid.graphml")
    (tmp_path / "wrong.gml").write_text("graph [\n  node [ id 1 ]\n  edge [ source 1 target ]\n]\n", "utf-8")
    for name in ("wrong.gml", "grid.graphml"):
        with alone.page.expect_file_chooser() as chooser:
            alone.part("workshop-open").click()
        chooser.value.set_files(tmp_path / name)
        if name == "wrong.gml":
            expect(alone.part("workshop-refused")).to_contain_text("wrong.gml", timeout=STARTED_MS)
    expect(alone.part("workshop-state")).to_contain_text("6 nodes, 7 links", timeout=STARTED_MS)
    expect(alone.part("workshop-refused")).to_have_count(0)
    assert saved(alone, tmp_path) == drawn
    assert saved(alone, tmp_path, "dot") == drawn
    expect(alone.page.get_by_text("topowave up --topology topology.json")).to_be_visible()
    alone.part("workshop-simulate").click()
    coming = alone.part("session-coming").locator("li")
    expect(coming).to_have_count(1, timeout=STARTED_MS)
    expect(coming).to_contain_text("root begins")
    alone.part("page-workshop").click()
    expect_size(alone, 6, 7)


def test_a_shape_is_generated_and_one_that_is_none_is_refused_in_words(
    alone: LabPage, tmp_path: Path
) -> None:
    alone.part("workshop-shape").fill("circle:5")
    alone.part("workshop-generate").click()
    expect(alone.part("workshop-refused")).to_contain_text("ring", timeout=STARTED_MS)
    alone.part("workshop-shape").fill("hypercube:8:3")
    alone.part("workshop-generate").click()
    expect(alone.part("workshop-state")).to_contain_text("8 nodes, 12 links", timeout=STARTED_MS)
    assert saved(alone, tmp_path) == generate("hypercube", nodes=8, seed=3)
    file = tmp_path / "topology.json"
    assert read_topology(file) == generate("hypercube", nodes=8, seed=3)


def test_the_network_of_the_lab_is_changed_in_the_drawing_and_replaced_after_a_question(
    open_page: OpenPage,
) -> None:
    shown = open_page("/workshop")
    shown.part("workshop-of-lab").click()
    expect_size(shown, NODES, NODES - 1)
    shown.part("workshop-add").click()
    expect_size(shown, NODES + 1, NODES)
    shown.part("workshop-live").click()
    question = shown.part("workshop-question")
    question.get_by_role("button", name="Leave it").click()
    expect(question).to_have_count(0)
    assert len(shown.lab.get("/status")["nodes"]) == NODES
    shown.part("workshop-live").click()
    shown.part("workshop-yes").click()
    shown.wait_for_nodes(NODES + 1)
    assert "node-15" in {node["name"] for node in shown.lab.get("/status")["nodes"]}
