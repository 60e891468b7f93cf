/** What all pages share: bar, banner, the connection to the lab, notices, and the page of the address between them. */
import { useEffect } from "react";
import { AlertBanner } from "../alerts/AlertBanner";
import { watchCatalog } from "../state/catalog";
import { connectLab } from "../state/lab-store";
import { Banner } from "./Banner";
import { keepFocus } from "./focus";
import { watchLanguage } from "./language";
import { Notices } from "./Notices";
import { Pages } from "./Pages";
import { watchPresentation } from "../state/present";
import { TopBar } from "./TopBar";

export function Shell() {
  useEffect(() => {
    const stops = [watchCatalog(), connectLab(), watchLanguage(), watchPresentation(), keepFocus()];
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
