/** The few pictures on buttons, drawn here so that they look the same with every font. */

const PATHS = {
  play: "M5 3.5v9l7.5-4.5z",
  pause: "M4.5 3.5h2.5v9H4.5zM9 3.5h2.5v9H9z",
  again: "M8 3a5 5 0 1 1-4.6 3.05l1.4.6A3.5 3.5 0 1 0 8 4.5V7L4.5 3.75 8 .5z",
  stepOn: "M4 3.5v9L10 8zM10.5 3.5H12v9h-1.5z",
  stepBack: "M12 3.5v9L6 8zM4 3.5h1.5v9H4z",
  plus: "M7.25 3h1.5v4.25H13v1.5H8.75V13h-1.5V8.75H3v-1.5h4.25z",
  minus: "M3 7.25h10v1.5H3z",
  up: "M8 3.5 13.5 9l-1.1 1.1L8 5.7 3.6 10.1 2.5 9z",
  down: "M8 12.5 2.5 7l1.1-1.1L8 10.3l4.4-4.4L13.5 7z",
  fit: "M2.5 2.5h4V4H4v2.5H2.5zM9.5 2.5h4v4H12V4H9.5zM2.5 9.5H4V12h2.5v1.5h-4zM12 9.5h1.5v4h-4V12H12z",
  stage: "M2 3h12v10H2zM3.5 4.5v7h9v-7z",
  menu: "M2 3.5h12V5H2zM2 7.25h12v1.5H2zM2 11h12v1.5H2z",
  present: "M2 2.5h12V10H8.75v1.6l2.6 1.9-.9 1.2L8 12.9l-2.45 1.8-.9-1.2 2.6-1.9V10H2zM3.5 4v4.5h9V4z",
  bell: "M8 1.5a4 4 0 0 0-4 4V9l-1.5 2.5h11L12 9V5.5a4 4 0 0 0-4-4zM6.5 12.5a1.5 1.5 0 0 0 3 0z",
  close: "M4.1 3 8 6.9 11.9 3 13 4.1 9.1 8l3.9 3.9-1.1 1.1L8 9.1 4.1 13 3 11.9 6.9 8 3 4.1z",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg viewBox="0 0 16 16" width="1em" height="1em" fill="currentColor" fillRule="evenodd" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
