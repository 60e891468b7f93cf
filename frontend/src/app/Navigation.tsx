/** The way from page to page: a row of names where there is room, else a menu, which has the theme as well. */
import { ActionIcon, Menu } from "@mantine/core";
import { Link } from "wouter";
import { useWords } from "../i18n/words";
import { Icon } from "../theme/Icon";
import { leavePage, useLastPlaces } from "./last-places";
import { ROUTES, type Route } from "./routes";
import { useLab } from "../state/lab-store";
import { ThemeItems } from "./Theme";
import { useRoute } from "./use-route";
import { words } from "./words";

/** The pages that need no lab. */
const WITHOUT_LAB: ReadonlySet<Route["name"]> = new Set(["traces", "workshop"]);

/** Where a page's name leads, and what is kept when it is followed. */
function useLinks() {
  const { pages } = useWords(words);
  const here = useRoute();
  const last = useLastPlaces();
  const left = () => { if (here) leavePage(here.name, location.pathname, location.search); };
  // Of the page that is open: its beginning.
  const link = ({ name, paths }: Route) => ({
    href: name === here?.name ? paths[0] : last[name] ?? paths[0],
    onClick: left,
    "aria-current": name === here?.name ? ("page" as const) : undefined,
    "data-testid": `page-${name}`,
    children: pages[name],
  });
  const withoutLab = useLab(({ connection }) => connection === "none");
  return ROUTES.filter(({ name }) => !withoutLab || WITHOUT_LAB.has(name)).map((route) => ({ key: route.name, ...link(route) }));
}

export function NavigationRow() {
  const { navigation } = useWords(words);
  return (
    <nav className="navigation" aria-label={navigation}>
      {useLinks().map(({ key, ...link }) => <Link key={key} {...link} />)}
    </nav>
  );
}

export function NavigationMenu({ withTheme }: { withTheme: boolean }) {
  const { navigation, openNavigation } = useWords(words);
  const links = useLinks();
  return (
    <nav aria-label={navigation} className="navigation-menu">
      <Menu position="bottom-start" width="max-content" withinPortal={false}>
        <Menu.Target>
          <ActionIcon variant="subtle" aria-label={openNavigation} title={openNavigation} data-testid="open-navigation"><Icon name="menu" /></ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {links.map(({ key, ...link }) => <Menu.Item key={key} component={Link} {...link} />)}
          {withTheme && <ThemeItems />}
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}
