import { expect, test } from "vitest";
import { declaredIn, fieldOf, withField } from "../../src/tasks/declared";

test("a script's words name its parameters, each with what is said of it", () => {
  expect(declaredIn("`samples`, how many darts (100,000); `seed`, for the same darts every time.")).toEqual([
    { name: "samples", about: "how many darts (100,000)" }, { name: "seed", about: "for the same darts every time." },
  ]);
  expect(declaredIn("`path` of a file, or `text`; `path` again").map(({ name }) => name)).toEqual(["path", "text"]);
  expect(declaredIn("")).toEqual([]);
});

test("a field is one parameter of the JSON, and an empty one says nothing", () => {
  expect(withField("{}", "samples", "2000")).toBe('{"samples":2000}');
  expect(withField('{"samples":1}', "text", "a word")).toBe('{"samples":1,"text":"a word"}');
  expect(withField('{"samples":1}', "samples", "")).toBe("{}");
  expect(withField("{}", "size", "[320, 180]")).toBe('{"size":[320,180]}');
  expect(fieldOf('{"size":[320,180],"text":"a"}', "size")).toBe("[320,180]");
  expect(fieldOf('{"text":"a"}', "text")).toBe("a");
  expect(fieldOf("{}", "text")).toBe("");
  expect(fieldOf("[1]", "text")).toBeNull();
  expect(fieldOf("{", "text")).toBeNull();
});
