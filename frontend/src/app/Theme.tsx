/** Light, dark, or as the system has it: a field in the bar, or items of a menu. */
import { Menu, NativeSelect, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useTranslation } from "../i18n/use-translation";

function useThemes(): { value: MantineColorScheme; label: string }[] {
  const words = useTranslation();
  return [
    { value: "auto", label: words.themeAuto },
    { value: "light", label: words.themeLight },
    { value: "dark", label: words.themeDark },
  ];
}

export function ThemeSelect() {
  const words = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <NativeSelect
      size="xs"
      aria-label={words.theme}
      value={colorScheme}
      data={useThemes()}
      onChange={(event) => { setColorScheme(event.currentTarget.value as MantineColorScheme); }}
      data-testid="theme"
    />
  );
}

export function ThemeItems() {
  const words = useTranslation();
  const themes = useThemes();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Menu.Divider />
      <Menu.Label>{words.theme}</Menu.Label>
      {themes.map(({ value, label }) => (
        <Menu.Item
          key={value}
          role="menuitemradio"
          aria-checked={value === colorScheme}
          onClick={() => { setColorScheme(value); }}
          data-testid={`theme-${value}`}
        >
          {label}
        </Menu.Item>
      ))}
    </>
  );
}
