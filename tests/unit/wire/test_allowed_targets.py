"""A lab answers to its own machine, to what its configuration opens, and to nobody else."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import InvalidURI
from websockets.uri import parse_uri

from topowave.wire.addresses import Address
from topowave.wire.allowed_targets import AllowedTargets, plain_address

OWN = [
    "ws://127.0.0.1:8000/ws",
    "ws://localhost:8000",
    "http://LOCALHOST/x?a=b",
    "ws://[::1]:8000/ws",
    "http://127.0.0.1:1?x",
    "ws://127.0.0.1:8000/ws?token=a-b_c",
]
NOT_PLAIN = [
    "",
    "127.0.0.1:8000",
    "//127.0.0.1:8000",
    "ftp://127.0.0.1/",
    "wss://127.0.0.1/ws",
    "https://127.0.0.1/",
    "HTTP:/127.0.0.1/",
    "http:///x",
    "http://127.0.0.1:0/",
    "http://127.0.0.1:65536/",
    "http://127.0.0.1:/",
    "http://127.0.0.1:8000@evil.example/",
    "http://user:word@127.0.0.1/",
    "http://evil.example#@127.0.0.1/",
    "http://127.0.0.1\\@evil.example/",
    "http://127.0.0.1\\.evil.example/",
    "http://127.0.0.1/a\\b",
    "http://127.0.0.1 .evil.example/",
    "http://127.0.0.1\t.evil.example/",
    "http://127.0.0.1/\r\nHost: evil.example",
    "http://127.0.0.1/ä",
    "http://\uff11\uff12\uff17.0.0.1/",
    "http://[::1/",
    "http://[127.0.0.1%eth0]/",
    "ws://127.0.0.1:8000/ws\n",
]
ELSEWHERE = [
    "http://evil.example/",
    "http://127.0.0.1.evil.example/",
    "http://localhost.evil.example/",
    "http://10.0.0.7/",
    "http://169.254.169.254/latest",
    "http://2130706433/",
    "http://127.1/",
    "http://0x7f.0.0.1/",
    "http://0.0.0.0/",
    "http://[::ffff:127.0.0.1]/",
    "http://127.0.0.2/",
]


def is_own(allowed: AllowedTargets, url: str) -> bool:
    """Whether a URL is a plain one of the lab's own machine."""
    address = plain_address(url)
    return address is not None and address.host in allowed.own_hosts


@pytest.mark.parametrize("url", OWN)
def test_its_own_machine_is_within_reach(url: str) -> None:
    assert AllowedTargets("127.0.0.1").allows(url)
    assert is_own(AllowedTargets("127.0.0.1"), url)


@pytest.mark.parametrize("url", NOT_PLAIN + ELSEWHERE)
def test_nothing_else_is(url: str) -> None:
    assert not AllowedTargets("127.0.0.1").allows(url)
    assert not is_own(AllowedTargets("127.0.0.1"), url)


@pytest.mark.parametrize("url", NOT_PLAIN)
def test_what_is_not_plain_is_refused_however_open_a_lab_is(url: str) -> None:
    assert not AllowedTargets(
        "0.0.0.0", ["0.0.0.0/0", "::/0", "evil.example", "localhost.evil.example"]
    ).allows(url)


def test_https_is_within_reach_only_for_who_asks_for_it_and_on_its_own_port() -> None:
    url = "https://board.example/hook"
    allowed = AllowedTargets("10.0.0.7", ["board.example"], own_ports=[80])
    assert allowed.allows(url, https=True)
    assert not allowed.allows(url)
    assert not AllowedTargets("10.0.0.7").allows(url, https=True)
    assert not allowed.allows("https://user:word@board.example/", https=True)
    assert not allowed.allows("wss://board.example/", https=True)
    assert plain_address(url, https=True) == Address("board.example", 443)
    assert allowed.allows("http://127.0.0.1/")
    assert not allowed.allows("https://127.0.0.1/", https=True), "that is another port than the lab's own"


def test_a_configuration_opens_names_addresses_and_networks() -> None:
    allowed = AllowedTargets("10.0.0.7", ["10.0.0.0/24", "Board.example", "fd00::/8", "192.168.1.9"])
    for host in ("10.0.0.7", "10.0.0.0", "10.0.0.255", "board.EXAMPLE", "[fd00::1]", "192.168.1.9"):
        assert allowed.allows(f"http://{host}:9/"), host
    for host in ("10.0.1.0", "9.255.255.255", "a.board.example", "[fe00::1]", "192.168.1.10"):
        assert not allowed.allows(f"http://{host}:9/"), host
    assert plain_address("ws://10.0.0.7:8000/ws") == Address("10.0.0.7", 8000)
    assert is_own(allowed, "ws://10.0.0.7:8000/ws")
    assert not is_own(allowed, "ws://10.0.0.8:8000/ws")


@pytest.mark.parametrize("host", ["10.0.0.7", "0.0.0.0", "::", "lab.example"])
@pytest.mark.parametrize("here", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "0.0.0.0", "[::]"])
def test_a_lab_that_other_machines_reach_answers_to_loopback_only_where_its_own_programs_are(
    host: str, here: str
) -> None:
    allowed = AllowedTargets(host, own_ports=[7999])
    assert not allowed.allows(f"http://{here}:8999/shutdown")
    name = here.strip("[]").lower()
    assert allowed.allows(f"ws://{here}:7999/ws") == (name not in {"0.0.0.0", "::"} or name == host)
    assert not allowed.allows_newcomer(name)
    added = AllowedTargets(host, ["127.0.0.1", "localhost", "::1", "::", "0.0.0.0"], own_ports=[7999])
    assert added.allows(f"http://{here}:8999/tree")
    assert added.allows_newcomer(name)
    assert AllowedTargets("10.0.0.7").allows("http://10.0.0.7:8999/")


@pytest.mark.parametrize("also", ["0.0.0.0", "192.168.1.5", "Lab.Example"])
def test_a_lab_that_is_also_called_otherwise_answers_there_and_opens_loopback_no_further(also: str) -> None:
    here = AllowedTargets("127.0.0.1", own_ports=[7999], also_called=[also])
    assert also.lower() in here.own_hosts
    assert here.allows("ws://127.0.0.1:7999/ws")
    assert not here.allows("http://127.0.0.1:8999/shutdown")
    assert AllowedTargets("127.0.0.1", also_called=["127.0.0.1"]).allows("http://127.0.0.1:8999/")


@given(st.text(alphabet=st.sampled_from("htpws:/127.0.1locahste@\\#?[]%;& \t\n"), max_size=40), st.booleans())
def test_whoever_reads_an_address_that_is_taken_reads_the_same_host(tail: str, websocket: bool) -> None:
    url = ("ws://" if websocket else "http://") + tail
    allowed = AllowedTargets("127.0.0.1")
    if not allowed.allows(url):
        return
    hosts = {urlsplit(url).hostname, httpx.URL(url).host}
    if websocket:
        try:
            hosts.add(parse_uri(url).host)
        except InvalidURI:
            return
    assert len(hosts) == 1
    assert hosts <= {"127.0.0.1", "localhost", "::1"}
