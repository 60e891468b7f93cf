/** ESLint: the type-checked strict rules of typescript-eslint, and the rules of hooks. */
import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** The folders of src/, lowest first: what is in one imports from its own and from lower ones only. */
const LAYERS = [["api"], ["state", "theme"], ["i18n"], ["charts", "playback"], ["graph", "timeline", "alerts", "spacetime"], ["tasks"], ["pages"], ["app"]];

const layerRules = LAYERS.flatMap((folders, level) =>
  folders.map((folder) => ({
    files: [`src/${folder}/**`],
    rules: {
      "no-restricted-imports": ["error", {
        patterns: [{
          group: LAYERS.slice(level).flat().filter((other) => other !== folder).map((other) => `**/../${other}/**`),
          message: `src/${folder}/ imports from lower folders only; see LAYERS in eslint.config.js.`,
        }],
      }],
    },
  })),
).filter(({ rules }) => rules["no-restricted-imports"][1].patterns[0].group.length > 0);

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "src/api/generated.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  reactHooks.configs.flat["recommended-latest"],
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "max-lines": ["error", { max: 500 }],
      eqeqeq: ["error", "always"],
    },
  },
  ...layerRules,
  { files: ["**/*.js"], ...tseslint.configs.disableTypeChecked },
);
