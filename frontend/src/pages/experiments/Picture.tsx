/** The picture of a measure, as the report has it: on white, whatever the theme. */
import { useEffect, useState } from "react";
import { readPicture } from "../../api/experiments";
import { useWords } from "../../i18n/words";
import { experimentWords } from "./words";

export function Picture({ id, measure, about }: { id: string; measure: string; about: string }) {
  const { notRead } = useWords(experimentWords);
  const [address, setAddress] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let ended = false;
    let made: string | null = null;
    readPicture(id, measure).catch(() => null).then((found) => {
      made = found;
      if (ended && found !== null) URL.revokeObjectURL(found);
      if (ended) return;
      setAddress(found);
      setFailed(found === null);
    }, () => undefined);
    return () => {
      ended = true;
      if (made !== null) URL.revokeObjectURL(made);
      setAddress(null);
      setFailed(false);
    };
  }, [id, measure]);
  return (
    <figure className="report-picture">
      {address !== null && <img src={address} alt={about} data-testid={`picture-${id}`} />}
      {failed && <figcaption className="danger" role="alert">{about}: {notRead}</figcaption>}
    </figure>
  );
}
