"""Waves over real servers, started and watched in the browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NODES, OpenPage
from tests.e2e.watched import LabPage, number

LINKS = NODES - 1
ECHO_MESSAGES = 2 * LINKS


def expect_phases(shown: LabPage, **counts: int) -> None:
    """Wait until the table, which follows the playback at a distance, tells what the nodes have done."""
    phases = shown.page.locator("[data-testid^=phase-]")
    for phase, count in counts.items():
        expect(phases.filter(has_text=phase)).to_have_count(count)
    expect(phases).to_have_count(sum(counts.values()))


def test_an_echo_wave_takes_two_messages_a_link_and_plays_to_its_end(page_shown: LabPage) -> None:
    page_shown.part("start-echo").click()
    page_shown.wait_for_end_of_playback()
    expect(page_shown.part("counter")).to_have_text(str(ECHO_MESSAGES))
    expect(page_shown.part("playback")).to_contain_text(f"of {ECHO_MESSAGES} = 2|E|")
    expect_phases(page_shown, decided=1, done=NODES - 1)
    page_shown.part("tab-waves").click()
    wave = page_shown.waves("echo").first
    expect(wave).to_have_attribute("data-messages", str(ECHO_MESSAGES))
    expect(wave).to_have_attribute("data-bound", str(ECHO_MESSAGES))
    expect(wave).to_contain_text(page_shown.names[0])


def test_the_course_s_finn_takes_a_message_a_node_and_leaves_a_task_at_each(page_shown: LabPage) -> None:
    page_shown.part("start-finn-lab").click()
    page_shown.wait_for_end_of_playback()
    expect(page_shown.part("counter")).to_have_text(str(NODES - 1))
    page_shown.expect_loads(1)
    expect(page_shown.part("last-finn-lab")).to_contain_text(str(NODES - 1))


def test_textbook_finn_stays_within_its_bound_and_everybody_decides(page_shown: LabPage) -> None:
    page_shown.part("start-finn-full").click()
    page_shown.wait_for_end_of_playback()
    messages = number(page_shown.part("counter").inner_text())
    assert ECHO_MESSAGES < messages <= 4 * NODES * LINKS
    expect_phases(page_shown, decided=NODES)
    page_shown.expect_loads(1)
    page_shown.part("tab-waves").click()
    expect(page_shown.waves("finn-full").first).to_have_attribute("data-messages", str(messages))


def next_of_wave(shown: LabPage, at: int, press: Callable[[], None]) -> int:
    """Step on to the next event of the wave itself; returns its number.

    Where a node stood still before, that it is up again may come in between, as an event of its own.
    """
    caption = shown.part("caption")
    for event in range(at + 1, at + 1 + NODES):
        press()
        expect(caption).to_have_text(re.compile(rf"^{event}/\d+ "))
        if not re.search(r"; load \d+$", caption.inner_text()):
            return event
    raise AssertionError(f"nothing but nodes that change, from event {at} on")


def test_every_node_changes_its_state_as_the_wave_is_stepped_through(page_shown: LabPage) -> None:
    page_shown.part("start-echo").click()
    page_shown.wait_for_end_of_playback()
    page_shown.page.get_by_role("slider", name="Place in the wave").press("Home")
    expect(page_shown.part("playback")).to_have_attribute("data-state", "paused")
    expect(page_shown.part(f"phase-{page_shown.names[-1]}")).to_have_text("idle")
    expect(page_shown.part("stage-recorded")).to_be_visible()
    root, first = page_shown.names[:2]
    caption = page_shown.part("caption")
    # Each press is one event, of the button and of the key alike.
    at = next_of_wave(page_shown, 0, page_shown.part("step").click)
    expect(caption).to_have_text(re.compile(rf"^{at}/\d+ {root} starts the wave$"))
    for sent, name in enumerate((first, page_shown.names[(NODES + 1) // 2]), 1):
        at = next_of_wave(page_shown, at, lambda: page_shown.page.keyboard.press("."))
        expect(caption).to_contain_text(f"{root} sends echo to {name}")
        expect(page_shown.part("counter")).to_have_text(str(sent))
    next_of_wave(page_shown, at, lambda: page_shown.page.keyboard.press("."))
    expect(caption).to_contain_text("receives echo from root")
    page_shown.page.keyboard.press(",")
    expect(page_shown.part("counter")).to_have_text("2")
    page_shown.part("play").click()
    page_shown.wait_for_end_of_playback()


def test_a_wave_of_somebody_else_plays_too_but_the_balancer_s_own_do_not(page_shown: LabPage) -> None:
    page_shown.part("rebalance").click()
    page_shown.part("tab-waves").click()
    expect(page_shown.page.locator("[data-purpose=rebalance][data-state=complete]").first).to_be_visible()
    expect(page_shown.part("playback")).to_have_attribute("data-state", "empty")
    wave = page_shown.lab.post("/echo_ws")["wave"]
    expect(page_shown.part("playback")).to_have_attribute("data-wave", wave)
    page_shown.wait_for_end_of_playback()


def test_a_wave_in_the_panel_plays_again_when_it_is_pressed(page_shown: LabPage) -> None:
    page_shown.part("start-echo").click()
    page_shown.wait_for_end_of_playback()
    first = page_shown.part("playback").get_attribute("data-wave")
    page_shown.part("start-finn-lab").click()
    expect(page_shown.part("playback")).not_to_have_attribute("data-wave", first or "")
    page_shown.wait_for_end_of_playback()
    page_shown.part("tab-waves").click()
    page_shown.part(f"wave-{first}").click()
    expect(page_shown.part("playback")).to_have_attribute("data-wave", first or "")
    expect(page_shown.part("drawer")).to_contain_text("the bound holds")
    page_shown.wait_for_end_of_playback()


def test_with_reduced_motion_a_wave_is_numbered_arrows_and_nothing_flies(open_page: OpenPage) -> None:
    shown = open_page("/?renderer=svg", reduced_motion="reduce")
    shown.wait_for_nodes(NODES)
    shown.part("start-echo").click()
    shown.wait_for_end_of_playback()
    expect(shown.part("arrows").locator("g")).to_have_count(2 * LINKS)
    expect(shown.part("arrows").locator("text").first).to_have_text("1")
    expect(shown.part("svg-flights").locator("path")).to_have_count(0)


def test_messages_can_be_switched_off(open_page: OpenPage) -> None:
    shown = open_page("/?renderer=svg")
    shown.wait_for_nodes(NODES)
    shown.page.get_by_role("radiogroup", name="Messages").get_by_text("off").click()
    shown.part("start-echo").click()
    shown.wait_for_end_of_playback()
    expect(shown.part("svg-flights").locator("path")).to_have_count(0)
    expect(shown.part("arrows")).to_have_count(0)


def test_keys_work_on_keyboards_with_other_letters(page_shown: LabPage) -> None:
    # Where a Latin keyboard has E a Cyrillic one has another letter.
    press = '(init) => window.dispatchEvent(new KeyboardEvent("keydown", init))'
    page_shown.page.evaluate(press, {"key": "\u0443", "code": "KeyE"})
    page_shown.wait_for_end_of_playback()
    expect(page_shown.part("announcement")).to_have_text("Echo: complete.")


@pytest.mark.parametrize("key", ["e", "f", "g"])
def test_waves_start_by_keyboard(page_shown: LabPage, key: str) -> None:
    page_shown.page.keyboard.press(key)
    page_shown.wait_for_end_of_playback()
    algorithm = {"e": "echo", "f": "finn-lab", "g": "finn-full"}[key]
    page_shown.part("tab-waves").click()
    wave = page_shown.part("playback").get_attribute("data-wave")
    expect(page_shown.part(f"wave-{wave}")).to_have_attribute("data-algorithm", algorithm)


def test_a_question_mark_lists_the_keys_and_escape_closes_the_list(page_shown: LabPage) -> None:
    page_shown.page.keyboard.press("?")
    expect(page_shown.part("help")).to_be_visible()
    page_shown.page.keyboard.press("Escape")
    expect(page_shown.part("help")).to_have_count(0)


def test_a_recording_plays_on_the_network_of_its_own_time_and_says_that_it_is_one(
    open_page: OpenPage,
) -> None:
    shown = open_page("/?renderer=svg")
    shown.wait_for_nodes(NODES)
    shown.part("start-echo").click()
    shown.wait_for_end_of_playback()
    first = shown.part("playback").get_attribute("data-wave")
    shown.lab.post("/topology", {"shape": "ring", "nodes": 5, "seed": 1})
    shown.wait_for_nodes(5)
    expect(shown.page.locator("[data-testid=svg-graph] [data-node]")).to_have_count(5)
    shown.part("tab-waves").click()
    shown.part(f"wave-{first}").click()
    expect(shown.part("stage-recorded")).to_contain_text("on the network of then")
    expect(shown.page.locator("[data-testid=svg-graph] [data-node]")).to_have_count(NODES)
    shown.wait_for_end_of_playback()
    expect(shown.page.locator("[data-testid=svg-graph] [data-phase=done]")).to_have_count(NODES - 1)
    shown.part("back-to-lab").click()
    expect(shown.page.locator("[data-testid=svg-graph] [data-node]")).to_have_count(5)
