/** What all pages share: bar, banner, notices, and the page of the address between them. */
import { useEffect } from "react";
import { AlertBanner } from "../alerts/AlertBanner";
import { watchCatalog } from "../state/catalog";
import { Banner } from "./Banner";
import { keepFocus } from "./focus";
import { watchLanguage } from "./language";
import { Notices } from "./Notices";
import { Pages } from "./Pages";
import { watchPresentation } from "../state/present";
import { TopBar } from "./TopBar";

export function Shell() {
  useEffect(() => {
    const stops = [watchCatalog(), watchLanguage(), watchPresentation(), keepFocus()];
    return () => { for (const stop of stops) stop(); };
  }, []);
  return (
    <div className="page">
      <TopBar />
      <Banner />
      <AlertBanner />
      <Pages />
      <Notices />
    </div>
  );
}
