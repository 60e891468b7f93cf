/** Mantine set up for this page: one typeface, three sizes, one accent, and our colours as CSS variables. */
import { createTheme, defaultVariantColorsResolver, useComputedColorScheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";
import { cssVariables, DARK, LIGHT, type Tokens } from "./tokens";

const accent: MantineColorsTuple = [
  "#e6effb", "#cfe0f7", "#a3c5f0", "#7ab0f5", "#5590dc", "#3577cc", "#1f5fbf", "#194f9f", "#144080", "#0f3163",
];

export const theme = createTheme({
  fontFamily: "Inter, system-ui, sans-serif",
  fontFamilyMonospace: "Inter, system-ui, sans-serif",
  colors: { accent },
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 3 },
  autoContrast: true,
  // Mantine chooses the ink on the accent for the light theme alone: white on light blue in the dark one.
  variantColorResolver: (input) => {
    const colors = defaultVariantColorsResolver(input);
    const accented = input.variant === "filled" && (input.color === undefined || input.color === "accent");
    return accented ? { ...colors, color: "var(--mantine-primary-color-contrast)" } : colors;
  },
  defaultRadius: "sm",
  fontSizes: { xs: "0.75rem", sm: "0.75rem", md: "0.875rem", lg: "0.875rem", xl: "1.125rem" },
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "xs" } },
    NativeSelect: { defaultProps: { size: "xs" } },
    NumberInput: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "xs" } },
    TextInput: { defaultProps: { size: "xs" } },
  },
});

export const resolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...cssVariables(LIGHT),
    "--mantine-color-body": LIGHT.ground,
    "--mantine-color-text": LIGHT.ink,
    "--mantine-color-dimmed": LIGHT.muted,
    "--mantine-color-placeholder": LIGHT.muted,
    "--mantine-color-default-border": LIGHT.line,
  },
  dark: {
    ...cssVariables(DARK),
    "--mantine-color-body": DARK.ground,
    "--mantine-color-text": DARK.ink,
    "--mantine-color-dimmed": DARK.muted,
    "--mantine-color-placeholder": DARK.muted,
    "--mantine-color-default": DARK.raised,
    "--mantine-color-default-hover": DARK.line,
    "--mantine-color-default-border": DARK.line,
  },
});

export const useTokens = (): Tokens =>
  useComputedColorScheme("light", { getInitialValueInEffect: false }) === "dark" ? DARK : LIGHT;
