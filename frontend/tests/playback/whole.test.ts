import { expect, it } from "vitest";
import { isWhole } from "../../src/playback/whole";
import { echoOfThree, recorded } from "../fixtures";

it("waits for the sends of all messages that were counted", () => {
  const events = echoOfThree();
  expect(isWhole(events)).toBe(true);
  expect(isWhole({ ...events, wave: { ...events.wave, messages: 5 } })).toBe(false);
});

it("waits for nothing where a single node has nobody to send to", () => {
  const alone = recorded(["root"], [[0, "start", 0], [5, "decide", 0]], { messages: 0, bound: 0 });
  expect(isWhole(alone)).toBe(true);
  expect(isWhole(recorded(["root"], [], { messages: 0 }))).toBe(false);
});

it("takes what comes from a node of somebody else as sent: that node reports nothing", () => {
  const events = recorded(
    ["root", "theirs"], [[0, "start", 0], [1, "send", 0, 1, 1, "echo"], [9, "receive", 0, 1, 1, "echo_back"]], { messages: 2 },
  );
  expect(isWhole(events)).toBe(false);
  expect(isWhole({ ...events, began: { ...events.began, state: ["up", "foreign"] } })).toBe(true);
});

it("asks for no more than was kept, and for any where the number is not known", () => {
  expect(isWhole(recorded(["root", "a"], [[0, "start", 0]], { messages: null }))).toBe(false);
  expect(isWhole(recorded(["root", "a"], [[1, "send", 0, 1, 1, "echo"]], { messages: null }))).toBe(true);
  expect(isWhole({ ...recorded(["root", "a"], [], { messages: 9 }), not_kept: 9 })).toBe(true);
});
