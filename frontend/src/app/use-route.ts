/** Which page the address leads to. */
import { matchRoute, useLocation, useRouter } from "wouter";
import { ROUTES, type Route } from "./routes";

/** The row of the table for the address; undefined where there is none. */
export function useRoute(): Route | undefined {
  const { parser } = useRouter();
  const [path] = useLocation();
  return ROUTES.find(({ paths }) => paths.some((pattern) => matchRoute(parser, pattern, path)[0]));
}
