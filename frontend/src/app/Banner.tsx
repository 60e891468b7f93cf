/** The banner while the connection is lost: what that means, when the next try comes. */
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { retryNow } from "../api/connection";
import { useLab } from "../state/lab-store";
import { useTranslation } from "../i18n/use-translation";

/** A loss shorter than this is no news: the page is back before anyone has read the banner. */
const QUIET_TRIES = 1;

function useSecondsUntil(moment: number | null): number | null {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (moment === null) return;
    const timer = setInterval(() => { setNow(performance.now()); }, 250);
    return () => { clearInterval(timer); };
  }, [moment]);
  return moment === null ? null : Math.max(0, Math.ceil((moment - now) / 1000));
}

export function Banner() {
  const words = useTranslation();
  const connection = useLab((state) => state.connection);
  const attempt = useLab((state) => state.attempt);
  const retryAt = useLab((state) => state.retryAt);
  const known = useLab((state) => state.lab !== null);
  const locked = useLab((state) => state.locked);
  const seconds = useSecondsUntil(retryAt);
  // While it tries again nothing has changed: a banner that went for that time would take the focus with it.
  if (connection === "open" || connection === "none" || attempt < QUIET_TRIES) return null;
  const [title, detail] = locked
    ? [words.lockedTitle, words.lockedDetail]
    : known
      ? [words.lostTitle, words.lostDetail]
      : [words.lostNever, words.lostNeverDetail];
  return (
    <section className="banner" aria-label={words.connection} data-testid="banner">
      {/* The seconds are no part of it: the whole would be read out with each of them. */}
      <div role="alert">
        <b>{title}</b>
        <span>{detail}</span>
      </div>
      <span className="figure">{seconds === null ? words.retrying : words.retryIn(seconds)}</span>
      <Button size="compact-sm" variant="default" onClick={() => { retryNow(); }}>{words.retryNow}</Button>
    </section>
  );
}
