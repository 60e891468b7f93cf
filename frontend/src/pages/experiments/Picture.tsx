/** The picture of a measure, as the report has it: on white, whatever the theme. */
import { useEffect, useState } from "react";
import { readPicture } from "../../api/experiments";

export function Picture({ id, measure, about }: { id: string; measure: string; about: string }) {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    let ended = false;
    let made: string | null = null;
    readPicture(id, measure).then((found) => {
      made = found;
      if (!ended) setAddress(found);
      else if (found !== null) URL.revokeObjectURL(found);
    }, () => undefined);
    return () => {
      ended = true;
      if (made !== null) URL.revokeObjectURL(made);
      setAddress(null);
    };
  }, [id, measure]);
  return (
    <figure className="report-picture">
      {address !== null && <img src={address} alt={about} data-testid={`picture-${id}`} />}
    </figure>
  );
}
