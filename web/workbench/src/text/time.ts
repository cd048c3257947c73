/* Times as people say them; the exact one is for hovering. All in the shop's zone. */
import { ref } from "vue";
import { serverNow } from "../api/client.ts";
import { currentLocale, t } from "../i18n.ts";

export const now = ref(serverNow());
export const timeZone = ref<string>(Intl.DateTimeFormat().resolvedOptions().timeZone);

let ticking: ReturnType<typeof setInterval> | undefined;

/** One clock for the whole page: every timer moves on the same beat. */
export function startClock(): void {
  ticking ??= setInterval(() => (now.value = serverNow()), 1000);
}

type Moment = number | string | null | undefined;

export function toMs(at: Moment): number | null {
  if (at === null || at === undefined || at === "") return null;
  const ms = typeof at === "number" ? at : Date.parse(at);
  return Number.isNaN(ms) ? null : ms;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs a thousand times what using it does, and every row of the list uses several each second. */
function formatted(ms: number, locale: string, options: Intl.DateTimeFormatOptions): string {
  const key = `${locale} ${timeZone.value} ${JSON.stringify(options)}`;
  let known = formats.get(key);
  if (!known) formats.set(key, (known = new Intl.DateTimeFormat(locale, { timeZone: timeZone.value, ...options })));
  return known.format(ms);
}

function format(ms: number, options: Intl.DateTimeFormatOptions): string {
  return formatted(ms, currentLocale(), { hour12: false, ...options });
}

function dayOf(ms: number): string {
  return formatted(ms, "en-CA", {});
}

export function exact(at: Moment): string {
  const ms = toMs(at);
  return ms === null ? "" : format(ms, { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** 「14:05」 today, 「昨天 14:05」 yesterday, 「3月8日 14:05」 this year, with the year before. */
export function friendly(at: Moment, withTime = true): string {
  const ms = toMs(at);
  if (ms === null) return "";
  const time = format(ms, { hour: "2-digit", minute: "2-digit" });
  const today = dayOf(now.value);
  const day = dayOf(ms);
  if (day === today) return time;
  const yesterday = dayOf(now.value - 86_400_000);
  const sameYear = day.slice(0, 4) === today.slice(0, 4);
  const date = day === yesterday ? t("time.yesterday") : format(ms, { year: sameYear ? undefined : "numeric", month: "short", day: "numeric" });
  return withTime ? `${date} ${time}` : date;
}

export function dayLabel(at: number): string {
  if (dayOf(at) === dayOf(now.value)) return t("time.today");
  return friendly(at, false);
}

export function sameDay(a: number, b: number): boolean {
  return dayOf(a) === dayOf(b);
}

/** A duration as one says it: 「12 秒」, 「3 分钟」, 「2 小时」. */
export function spoken(seconds: number): string {
  if (seconds < 60) return t("time.seconds", { n: Math.floor(seconds) });
  if (seconds < 3600) return t("time.minutes", { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) return t("time.hours", { n: Math.floor(seconds / 3600) });
  return t("time.days", { n: Math.floor(seconds / 86_400) });
}

/** For lists, where space is short. */
export function brief(at: Moment): string {
  const ms = toMs(at);
  if (ms === null) return "";
  const seconds = Math.max(0, (now.value - ms) / 1000);
  if (seconds < 60) return t("time.just_now");
  if (seconds < 3600) return t("time.minutes", { n: Math.floor(seconds / 60) });
  return friendly(ms, dayOf(ms) === dayOf(now.value));
}
