import { expect, it } from "vitest";
import { languageAmong } from "../../src/state/language";

it("takes the first language of the browser that it speaks", () => {
  expect(languageAmong(["ru-RU", "en"])).toBe("ru");
  expect(languageAmong(["fr", "de-AT", "ru"])).toBe("de");
  expect(languageAmong(["RU"])).toBe("ru");
});

it("is in English where the browser asks for others alone", () => {
  expect(languageAmong(["fr-FR", "zh"])).toBe("en");
  expect(languageAmong(["rue", "den"])).toBe("en");
  expect(languageAmong([])).toBe("en");
});
