// Line icons drawn for the widget, 20 by 20. They say nothing to a screen reader; the button they sit in does.

const PATHS = {
  chat: "M3.5 4.5h13v9h-7l-3.5 3v-3H3.5z M7 8.2h6 M7 10.8h4",
  close: "M5 8l5 5 5-5",
  cross: "M5.5 5.5l9 9 M14.5 5.5l-9 9",
  bell: "M5 13.5h10l-1.4-2V8.6a3.6 3.6 0 0 0-7.2 0v2.9z M8.6 16h2.8",
  bell_off: "M5 13.5h10l-1.4-2V8.6a3.6 3.6 0 0 0-7.2 0v2.9z M8.6 16h2.8 M3.5 3.5l13 13",
  image: "M3.5 4.5h13v11h-13z M3.5 13l3.8-3.8 3.4 3.4 2-2 3.8 3.6 M12.6 7.6h.1",
  file: "M11.5 5.5l-5 5a2.1 2.1 0 0 0 3 3l5.6-5.6a3.6 3.6 0 0 0-5-5L4.4 8.6",
  camera: "M3.5 6.5h3l1.4-2h4.2l1.4 2h3v9h-13z M10 13.4a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4z",
  send: "M10 16V4.5 M5 9.3l5-5 5 5",
  down: "M10 4.5V16 M5 11l5 5 5-5",
  person: "M10 9.4a2.9 2.9 0 1 0 0-5.8 2.9 2.9 0 0 0 0 5.8z M4 16.4c.5-3 2.8-4.7 6-4.7s5.5 1.7 6 4.7",
  bag: "M4.5 7h11l.8 9.5H3.7z M7.3 7V5.8a2.7 2.7 0 0 1 5.4 0V7",
  parcel: "M3.5 6.5l6.5-3 6.5 3v7.5l-6.5 3-6.5-3z M3.5 6.5l6.5 3 6.5-3 M10 9.5V17",
  star: "M10 3.4l2 4.3 4.7.6-3.5 3.2.9 4.7L10 13.9l-4.1 2.3.9-4.7-3.5-3.2 4.7-.6z",
  check: "M4.5 10.5l3.6 3.5 7.4-8",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}

/** Five faces from sad to glad: the mouth bends with the score. */
export function Face({ score }: { score: number }) {
  const mood = score - 3;
  const corners = 12.8 - mood * 0.7;
  return (
    <svg class="face" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <circle cx="10" cy="10" r="7.5" fill="none" stroke="currentColor" stroke-width="1.4" />
      <path
        d={`M7.4 7.8v.7 M12.6 7.8v.7 M6.8 ${corners}Q10 ${12.8 + mood * 1.9} 13.2 ${corners}`}
        fill="none"
        stroke="currentColor"
        stroke-width="1.4"
        stroke-linecap="round"
      />
    </svg>
  );
}
