// Times, sums and addresses as people read them.

import type { Lang, Say } from "./texts";

const SYMBOLS: Record<string, string> = { CNY: "¥", USD: "$", EUR: "€", GBP: "£", HKD: "HK$" };

export function money(amount: string | undefined, currency = "CNY"): string {
  if (!amount) return "";
  const [whole = "0", cents] = amount.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return `${SYMBOLS[currency] ?? `${currency} `}${grouped}${cents === undefined ? "" : `.${cents}`}`;
}

/** 14:05 today, 昨天 14:05, 3月8日 14:05, and with the year when it is another one. */
export function moment(iso: string, lang: Lang, say: Say, now = new Date()): string {
  const at = new Date(iso);
  if (isNaN(at.getTime())) return "";
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const days = Math.round((midnight(now) - midnight(at)) / 86_400_000);
  if (days === 0) return clock;
  if (days === 1) return say("yesterday") + clock;
  return `${day(at, lang, at.getFullYear() !== now.getFullYear())} ${clock}`;
}

export function day(at: Date, lang: Lang, withYear: boolean): string {
  const parts: Intl.DateTimeFormatOptions = { month: lang === "en" ? "short" : "long", day: "numeric", ...(withYear ? { year: "numeric" } : {}) };
  return new Intl.DateTimeFormat(lang, parts).format(at);
}

export function fileSize(bytes: number): string {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** The options of an order line in one line, whichever of the usual shapes they come in. */
export function options(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map((part) => (Array.isArray(part) ? String(part[part.length - 1]) : String(part))).join(" · ");
  if (typeof value === "object" && value !== null) return Object.values(value).join(" · ");
  return "";
}

/** An address we may put into the page: relative to the centre, http(s), or a preview made here. Anything else is left out. */
export function safeUrl(url: string | undefined, origin: string): string {
  if (!url) return "";
  try {
    const parsed = new URL(url, origin);
    return ["http:", "https:", "blob:"].includes(parsed.protocol) ? parsed.href : "";
  } catch {
    return "";
  }
}

export interface Piece {
  text: string;
  href?: string;
}

/** Text cut into plain pieces and web addresses. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  text.replace(/https?:\/\/[\w\-.~:/?#@!$&*+=%]+[\w\-~/#&=%]/g, (href, from: number) => {
    if (from > at) pieces.push({ text: text.slice(at, from) });
    pieces.push({ text: href, href });
    at = from + href.length;
    return href;
  });
  if (at < text.length) pieces.push({ text: text.slice(at) });
  return pieces;
}

export interface Tint {
  /** Behind white or dark words, whichever can be read on it. */
  solid: string;
  on: string;
  soft: string;
}

/** The shop's colour, ready for use; anything but #rrggbb is ignored. */
export function tint(colour: string | undefined, dark: boolean): Tint | null {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour ?? "");
  if (!match) return null;
  const rgb = match.slice(1).map((hex) => parseInt(hex, 16));
  const light = brightness(rgb);
  const on = contrast(light, 1) >= contrast(light, brightness([31, 35, 40])) ? "#ffffff" : "#1f2328";
  return { solid: colour as string, on, soft: `rgba(${rgb.join(",")},${dark ? 0.28 : 0.1})` };
}

function contrast(a: number, b: number): number {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** Relative luminance as WCAG 2 defines it. */
function brightness(rgb: number[]): number {
  const [r = 0, g = 0, b = 0] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

function two(n: number): string {
  return n < 10 ? `0${n}` : String(n);
}
