"""Algorithms without a button of their own, in the browser: played, refused, and wrong in their code."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import NODES
from tests.e2e.watched import LabPage

LINKS = NODES - 1


def choose(shown: LabPage, algorithm: str) -> None:
    """Choose one of the algorithms that have no button of their own."""
    shown.part("other-algorithm").select_option(algorithm)


def test_a_traversal_is_chosen_and_plays_to_its_end(page_shown: LabPage) -> None:
    choose(page_shown, "tarry")
    expect(page_shown.part("other-cost")).to_have_text(f"2|E| = {2 * LINKS} messages")
    page_shown.part("start-other").click()
    page_shown.wait_for_end_of_playback()
    expect(page_shown.part("counter")).to_have_text(str(2 * LINKS))
    expect(page_shown.part("playback")).to_contain_text(f"of {2 * LINKS} = 2|E|")
    page_shown.part("tab-waves").click()
    wave = page_shown.waves("tarry").first
    expect(wave).to_have_attribute("data-messages", str(2 * LINKS))
    wave.click()
    expect(page_shown.part("drawer")).to_contain_text("the bound holds")
    expect(page_shown.part("mistakes")).to_have_count(0)


def test_everybody_stands_in_an_election_unless_a_node_is_chosen(page_shown: LabPage) -> None:
    choose(page_shown, "tree-election")
    expect(page_shown.part("other-cost")).to_contain_text(f"{NODES} nodes start it")
    page_shown.part("start-other").click()
    page_shown.wait_for_end_of_playback()
    expect(page_shown.part("counter")).to_have_text(str(4 * LINKS))
    assert len(page_shown.lab.get("/waves")["waves"][-1]["initiators"]) == NODES
    page_shown.part("initiator").select_option(page_shown.names[3])
    expect(page_shown.part("other-cost")).not_to_contain_text("start it")


def test_an_algorithm_that_does_not_fit_the_network_says_why(page_shown: LabPage) -> None:
    choose(page_shown, "chang-roberts")
    expect(page_shown.part("other-cost")).to_contain_text("Chang-Roberts needs a ring: ")
    expect(page_shown.part("start-other")).to_be_disabled()
    page_shown.part("shape").select_option("ring")
    page_shown.part("size").fill("5")
    page_shown.part("regenerate").click()
    page_shown.wait_for_nodes(5)
    expect(page_shown.part("start-other")).to_be_enabled()
    expect(page_shown.part("other-cost")).to_contain_text("15 messages")


def test_a_mistake_in_a_students_class_is_told_with_its_line(page_shown: LabPage) -> None:
    choose(page_shown, "divider")
    page_shown.part("start-other").click()
    page_shown.part("tab-waves").click()
    page_shown.waves("divider", "wrong").first.click()
    told = page_shown.part("mistakes")
    expect(told).to_contain_text(re.compile(r"ZeroDivisionError.*students\.py"))
    expect(told).to_contain_text(page_shown.names[3])
