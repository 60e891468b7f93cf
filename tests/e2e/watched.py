"""The page as tests see it, and a watch over what it asks of the network and says on the console."""

from __future__ import annotations

import base64
import re
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, WebSocketRoute, expect

from tests.support.live_lab import LiveLab

OWN_HOSTS = {"127.0.0.1", "localhost"}
LOCAL_SCHEMES = {"data", "blob"}

COUNT_PIXELS = """async ({ picture, red, green, blue, near }) => {
  const bytes = Uint8Array.from(atob(picture), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    const far = Math.max(
      Math.abs(data[at] - red), Math.abs(data[at + 1] - green), Math.abs(data[at + 2] - blue)
    );
    if (far <= near) found += 1;
  }
  return found;
}"""


NOTE = """(selector) => {
  const noted = ((window.noted ??= {})[selector] = new Set());
  const look = () => {
    for (const found of document.querySelectorAll(selector)) noted.add(found.textContent);
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
  look();
}"""
"""From now on keeps the texts of what is there, be it for a moment."""
NOTED = "([selector, text]) => [...window.noted[selector]].some((noted) => new RegExp(text).test(noted))"


class Watched:
    """Everything a page asks for and complains about.

    Args:
        page: whom to watch, from the start.
        lossy: the connection will be lost in this test: failed requests are no complaint.
    """

    def __init__(self, page: Page, *, lossy: bool) -> None:
        self._lossy = lossy
        self._foreign: list[str] = []
        self._complaints: list[str] = []
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", lambda socket: self._asked(socket.url))
        page.on("console", self._said)
        page.on("pageerror", lambda error: self._complaints.append(str(error)))

    def judge(self) -> None:
        """Fail where the page left this machine or reported an error."""
        assert not self._foreign, self._foreign
        assert not self._complaints, self._complaints

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in LOCAL_SCHEMES and parts.hostname not in OWN_HOSTS:
            self._foreign.append(url)

    def _said(self, message: ConsoleMessage) -> None:
        expected = self._lossy and ("WebSocket" in message.text or "Failed to load resource" in message.text)
        if message.type == "error" and not expected:
            self._complaints.append(message.text)


class LabPage:
    """The page, in the words of its users.

    Args:
        page: the browser's page.
        lab: the lab behind it.
    """

    def __init__(self, page: Page, lab: LiveLab) -> None:
        self.page = page
        self.lab = lab

    def part(self, name: str) -> Locator:
        """The part of the page that carries a test id."""
        return self.page.get_by_test_id(name)

    def choose(self, part: str, *names: str) -> None:
        """Tick these in a choice of several, where none was ticked."""
        self.part(part).click()
        for name in names:
            self.part(f"{part}-list").get_by_label(name, exact=True).check()
        self.page.keyboard.press("Escape")
        expect(self.part(f"{part}-list")).to_be_hidden()

    def note(self, selector: str) -> None:
        """From now on note what is there, be it for a moment only; until the page is left."""
        self.page.evaluate(NOTE, selector)

    def expect_noted(self, selector: str, text: str = "") -> None:
        """Wait until something with such a text (a regular expression) is there, or was."""
        self.page.wait_for_function(NOTED, arg=[selector, text])

    def row(self, node: str) -> Locator:
        """A node's row in the table."""
        return self.part(f"node-row-{node}")

    @property
    def rows(self) -> Locator:
        return self.page.locator("[data-testid^=node-row-]")

    @property
    def names(self) -> list[str]:
        """The names of the lab's nodes, the root first."""
        return [str(node["name"]) for node in self.lab.get("/status")["nodes"]]

    def wait_for_nodes(self, count: int) -> None:
        """Wait until the table holds so many nodes and all of them are up."""
        expect(self.rows).to_have_count(count)
        expect(self.part("nodes-up")).to_contain_text(re.compile(rf"^{count} (of|/) {count}\b"))

    def wait_for_end_of_playback(self) -> None:
        """Wait until the playback has come to its end."""
        expect(self.part("playback")).to_have_attribute("data-state", "ended")

    def waves(self, algorithm: str, state: str = "complete") -> Locator:
        """The waves in the panel, newest first; the panel must be open."""
        own = f'[data-testid^=wave-][data-algorithm={algorithm}][data-state={state}][data-purpose=""]'
        return self.page.locator(own)

    def expect_loads(self, load: int) -> None:
        """Wait until every node has this many tasks."""
        expect(self.page.locator(f'[data-testid^=node-row-][data-load="{load}"]')).to_have_count(
            len(self.names)
        )

    def pixels(self, red: int, green: int, blue: int, near: int = 12) -> int:
        """How many pixels of the canvas have about this colour."""
        picture = base64.b64encode(self.part("canvas").screenshot()).decode()
        wanted = {"picture": picture, "red": red, "green": green, "blue": blue, "near": near}
        return int(self.page.evaluate(COUNT_PIXELS, wanted))


class Line:
    """The page's connection to the balancer, cut and mended by the test.

    Args:
        page: whose connection; to be loaded afterwards.
    """

    def __init__(self, page: Page) -> None:
        self.dead = False
        self._sockets: list[WebSocketRoute] = []
        page.route_web_socket("**/stream", self._connect)

    def die(self) -> None:
        """Close the connection, and every one that follows."""
        self.dead = True
        self._sockets.pop().close()

    def _connect(self, socket: WebSocketRoute) -> None:
        if self.dead:
            socket.close()
        else:
            socket.connect_to_server()
            self._sockets.append(socket)


def number(text: str | None) -> int:
    """The first number in a text, thin spaces and all."""
    found = re.search(r"\d[\d\u202f]*", text or "")
    assert found, text
    return int(found[0].replace("\u202f", ""))
