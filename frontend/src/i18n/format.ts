/** Numbers as people read them: with units, with thin spaces, never more digits than mean something. */

/** 1234567 -> "1 234 567" (narrow no-break spaces: the same in every language). */
export function count(value: number): string {
  const sign = value < 0 ? "-" : "";
  return sign + Math.abs(Math.round(value)).toString().replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

export function milliseconds(value: number | null): string {
  if (value === null) return "–";
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  if (value >= 1_000) return `${(value / 1000).toFixed(2)} s`;
  if (value >= 100) return `${value.toFixed(0)} ms`;
  return `${value.toFixed(value >= 10 ? 1 : 2)} ms`;
}

/** A delay that somebody has set, so without digits that nobody has measured. */
export function delay(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
}

export function bits(value: number | null): string {
  if (value === null) return "–";
  if (value < 10_000) return `${count(value)} bit`;
  if (value < 10_000_000) return `${(value / 1000).toFixed(1)} kbit`;
  return `${(value / 1_000_000).toFixed(1)} Mbit`;
}

export function percent(share: number): string {
  return `${Math.round(share * 100)}\u202f%`;
}

/** A load that is no whole number of cores, such as a mean: so few digits after the point. */
export function load(cores: number, digits = 1): string {
  return cores.toFixed(digits);
}

/** Unix seconds -> "14:03:09" where the reader is. */
export function clockTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const two = (value: number) => value.toString().padStart(2, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** As `clockTime`, with the day where that is another one. */
export function when(seconds: number, now = new Date()): string {
  const date = new Date(seconds * 1000);
  const day = date.toDateString() === now.toDateString() ? "" : `${date.getFullYear()}-${(date.getMonth() + 1).toString().padStart(2, "0")}-${date.getDate().toString().padStart(2, "0")} `;
  return day + clockTime(seconds);
}

/** At most `most` names, then how many more. */
export function names(all: readonly string[], most: number): string {
  if (all.length <= most) return all.join(", ");
  return `${all.slice(0, most).join(", ")} +${all.length - most}`;
}
