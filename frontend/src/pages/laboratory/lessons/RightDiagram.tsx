/** The right algorithm's diagram in the place of the own one, at the same step. */
import { useWords } from "../../../i18n/words";
import { SpaceTime } from "../../../spacetime/SpaceTime";
import { goToPosition } from "../session";
import { rightStep, type Right } from "./lesson";
import { lessonWords } from "./lesson-words";

export function RightDiagram({ right, position, column }: { right: Right; position: number; column: number }) {
  const words = useWords(lessonWords);
  const about = words.sameShown(right.title);
  return (
    <div className="lesson-right">
      <p className="hint" data-testid="lesson-right-shown">{about}</p>
      <SpaceTime
        run={right.index.run} layout={right.layout} position={rightStep(right, position)} focus={null} column={column} about={about}
        choose={(step) => { const event = right.positions.indexOf(step + 1); if (event > 0) goToPosition(event); }}
        look={() => undefined}
      />
    </div>
  );
}
