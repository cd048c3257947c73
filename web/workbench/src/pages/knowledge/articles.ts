/* A new article, the order of the list, and dates between the server and a field. */
import type { Article } from "@xinfu/shared/types";

export function blankArticle(): Article {
  const dates = { review_on: null, effective_from: null, effective_until: null, created_at: 0, updated_at: 0 };
  return { id: "", topic: "", title: "", body: "", keywords: [], audience: "customer", status: "published", owner: "", version: 0, ...dates };
}

/** Between the milliseconds of the server and what a date field holds, in this browser's zone. */
export function toField(ms: number | null): string {
  if (ms === null) return "";
  const at = new Date(ms);
  return new Date(ms - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function fromField(text: string): number | null {
  return text ? new Date(text).getTime() : null;
}

/** The reader's own language first, each in the order of its alphabet (Chinese by its sounds). */
export function forReader<T extends { title: string }>(list: readonly T[], locale: string): T[] {
  const chinese = (one: T): boolean => /\p{Script=Han}/u.test(one.title);
  const own = locale.startsWith("zh");
  const collator = new Intl.Collator(locale);
  return [...list].sort((a, b) => Number(chinese(b) === own) - Number(chinese(a) === own) || collator.compare(a.title, b.title));
}
