import { expect, it } from "vitest";
import { de } from "../../src/i18n/de";
import { en } from "../../src/i18n/en";
import { outcomeOf } from "../../src/playback/outcome";
import { scheduleOf } from "../../src/playback/schedule";
import { echoOfThree, recorded, wave } from "../fixtures";

const NODES = ["root", "a"];

it("says no more of a complete wave", () => {
  expect(outcomeOf(wave("w"), scheduleOf(echoOfThree(), "hops"), en)).toBe("complete.");
});

it("names who is missing, and how many more", () => {
  const missing = ["a", "b", "c", "d", "e"];
  expect(outcomeOf(wave("w", { state: "incomplete", missing }), null, en)).toBe("incomplete. Missing: a, b, c +2.");
});

it("says why a wave is incomplete in which everybody took part", () => {
  const killed = recorded(NODES, [[0, "start", 0], [1, "send", 0, 1, 1, "echo"]], { state: "incomplete", deciders: [] });
  killed.changes = { t_us: [5, 9], node: [0, 0], state: ["dead", "up"], cut: [false, false], load: [0, 0] };
  const schedule = scheduleOf(killed, "hops");
  expect(outcomeOf(killed.wave, schedule, en)).toBe("incomplete. Nobody decided. Out of reach for a while: root.");
  expect(outcomeOf(killed.wave, schedule, de)).toBe("unvollst\u00e4ndig. Niemand hat entschieden. Zeitweise nicht erreichbar: root.");
  expect(outcomeOf(killed.wave, null, en)).toBe("incomplete. Nobody decided.");
});

it("counts a node that was cut, or that a neighbour gave up, as out of reach", () => {
  const given = recorded(NODES, [[0, "start", 0], [7, "down", 0, 1]], { state: "incomplete" });
  expect(outcomeOf(given.wave, scheduleOf(given, "hops"), en)).toBe("incomplete. Out of reach for a while: a.");
  const cut = recorded(NODES, [[0, "start", 0]], { state: "incomplete" });
  cut.changes = { t_us: [5], node: [1], state: ["up"], cut: [true], load: [0] };
  expect(outcomeOf(cut.wave, scheduleOf(cut, "measured"), en)).toBe("incomplete. Out of reach for a while: a.");
});

it("tells first what a class or a program did wrong", () => {
  const wrong = wave("w", { state: "wrong", deciders: [], witnesses: ["a decides twice"], mistakes: ["a: ValueError"] });
  expect(outcomeOf(wrong, null, en)).toBe("wrong. a: ValueError");
  expect(outcomeOf({ ...wrong, mistakes: [] }, null, en)).toBe("wrong. a decides twice");
});
