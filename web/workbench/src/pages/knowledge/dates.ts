/* Between the milliseconds of the server and what a date field holds, by the clock of the shop; and where a campaign stands. Pure. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the zone's wall clock is ahead of UTC at a moment, in milliseconds. */
function ahead(ms: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
    formats.set(zone, format);
  }
  const part = Object.fromEntries(format.formatToParts(ms).map((one) => [one.type, Number(one.value)])) as Record<string, number>;
  const wall = Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute, part.second);
  return wall - Math.floor(ms / 1000) * 1000;
}

/** 「2026-11-22T09:30」, or with `day` only 「2026-11-22」. */
export function toField(ms: number | null, zone: string, day = false): string {
  if (ms === null) return "";
  return new Date(ms + ahead(ms, zone)).toISOString().slice(0, day ? 10 : 16);
}

/** A day alone begins at midnight. Where the clock jumps, the offset of the moment that comes out counts. */
export function fromField(text: string, zone: string): number | null {
  const wall = Date.parse(text.length === 10 ? `${text}T00:00Z` : `${text}Z`);
  if (!text || Number.isNaN(wall)) return null;
  const first = wall - ahead(wall, zone);
  return wall - ahead(first, zone);
}

/** The same day some months on, or that month's last. */
export function monthsOn(day: string, months: number): string {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

export type Phase = "coming" | "on" | "over";

/** From the first moment on, up to but not with the last; an open end never comes. */
export function phase(from: number | null, until: number | null, now: number): Phase {
  if (from !== null && now < from) return "coming";
  return until !== null && now >= until ? "over" : "on";
}
