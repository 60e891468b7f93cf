/** What the stores read of a browser when they are loaded: a test that imports them imports this file first. */
import { vi } from "vitest";

vi.stubGlobal("navigator", { languages: ["en"] });
vi.stubGlobal("location", { search: "", pathname: "/", protocol: "http:", hostname: "lab.example" });
vi.stubGlobal("matchMedia", () => ({ matches: false }));
