/** The figures as they are now, large, with what each one means. */
import { Tooltip } from "@mantine/core";

export interface Tile {
  id: string;
  name: string;
  value: string;
  unit?: string;
  hint?: string | undefined;
  tone?: "warn" | "bad" | undefined;
}

export function Tiles({ tiles }: { tiles: readonly Tile[] }) {
  return (
    <dl className="tiles">
      {tiles.map(({ id, name, value, unit, hint, tone }) => (
        <div key={id} data-tone={tone}>
          <dt>
            {hint === undefined ? name : (
              <Tooltip label={hint} multiline w={240} withArrow events={{ hover: true, focus: true, touch: true }}>
                <span className="term" tabIndex={0} role="note" aria-label={`${name}: ${hint}`}>{name}</span>
              </Tooltip>
            )}
          </dt>
          <dd data-testid={`tile-${id}`}>{value}{unit !== undefined && <small> {unit}</small>}</dd>
        </div>
      ))}
    </dl>
  );
}
