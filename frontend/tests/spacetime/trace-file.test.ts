import { expect, it } from "vitest";
import { networkOf, NoTrace, readTrace, type Refusal } from "../../src/spacetime/trace-file";
import { ECHO_OF_TRIANGLE, fileOf, HEADER } from "../traces";

function refusalOf(text: string): Refusal | null {
  try {
    readTrace(text);
    return null;
  } catch (error) {
    if (error instanceof NoTrace) return error.refusal;
    throw error;
  }
}

it("reads the network and the events of a wave", () => {
  const [wave, ...others] = readTrace(fileOf(ECHO_OF_TRIANGLE));
  expect(others).toEqual([]);
  expect(wave?.id).toBe("a-1");
  expect(wave?.recording.title).toBe("echo");
  expect(wave?.recording.unit).toBe("units");
  expect(wave?.recording.network.names).toEqual(["a", "b", "c"]);
  expect(wave?.recording.network.links.length).toBe(3);
  expect(wave?.recording.lines.length).toBe(ECHO_OF_TRIANGLE.length);
  expect(wave?.recording.lines[2]).toMatchObject({ event: "send", node: 0, peer: 1, id: "a:1" });
});

it("reads a tree with further links, as topology.json has it", () => {
  const child = (name: string, children: unknown[] = []) => ({ name, port: 1, cpu: 1, children });
  const network = networkOf({ ...child("r", [child("x", [child("z")]), child("y")]), links: [["z", "y"]] });
  expect(network.names).toEqual(["r", "x", "y", "z"]);
  expect(network.parents).toEqual([-1, 0, 0, 1]);
  expect(network.links).toEqual([[0, 1], [0, 2], [1, 3], [3, 2]]);
});

it("keeps the waves of a live trace apart, each by its own algorithm", () => {
  const live = { ...HEADER, runtime: undefined };
  const text = fileOf([], { ...live, algorithm: "live" })
    + '{"t":1,"node":"a","event":"start","wave":"a-1","algorithm":"echo"}\n{"t":2,"node":"b","event":"start","wave":"b-1","algorithm":"finn"}\n';
  expect(readTrace(text).map(({ id, recording }) => [id, recording.title, recording.unit])).toEqual([["a-1", "echo", "s"], ["b-1", "finn", "s"]]);
});

it("leaves out a last line that is cut off", () => {
  const text = `${fileOf(ECHO_OF_TRIANGLE)}{"t":7,"no`;
  expect(readTrace(text)[0]?.recording.lines.length).toBe(ECHO_OF_TRIANGLE.length);
});

it("says what is wrong, and where", () => {
  expect(refusalOf("")).toEqual({ reason: "no header" });
  expect(refusalOf("hello\n")).toEqual({ reason: "no JSON", line: 1 });
  expect(refusalOf("{}\n")).toMatchObject({ reason: "no header" });
  expect(refusalOf(fileOf(ECHO_OF_TRIANGLE, { ...HEADER, version: 9 }))).toEqual({ reason: "version", version: "9" });
  expect(refusalOf(fileOf(ECHO_OF_TRIANGLE, { ...HEADER, topology: "ring:200000:1" }))).toEqual({ reason: "no network" });
  expect(refusalOf(`${fileOf([])}nothing\n`)).toEqual({ reason: "no JSON", line: 2 });
  expect(refusalOf(`${fileOf([])}{"t":1}\n`)).toEqual({ reason: "no event", line: 2 });
  expect(refusalOf(fileOf([]))).toEqual({ reason: "no wave" });
});
