/* A new article, the order of the list, other ways a question is asked, and what one save changed. Pure. */
import type { Article, ArticleVersion } from "@xinfu/shared/types";
import { compared, shortened, type Excerpt } from "./diff.ts";

/** What stands in a draft made from a question until somebody wrote it; the server publishes nothing that says this. */
export const TO_WRITE = "待写 / to be written";
export const MOST_WORDINGS = 50;

export function blankArticle(): Article {
  const dates = { review_on: null, effective_from: null, effective_until: null, created_at: 0, updated_at: 0 };
  return { id: "", topic: "", title: "", body: "", keywords: [], audience: "customer", status: "draft", owner: "", version: 0, ...dates };
}

/** One wording a line; empty lines and repetitions do not count. */
export function wordings(text: string): string[] {
  return [...new Set(text.split("\n").map((line) => line.trim()).filter(Boolean))].slice(0, MOST_WORDINGS);
}

/** The reader's own language first, each in the order of its alphabet (Chinese by its sounds). */
export function forReader<T extends { title: string }>(list: readonly T[], locale: string): T[] {
  const chinese = (one: T): boolean => /\p{Script=Han}/u.test(one.title);
  const own = locale.startsWith("zh");
  const collator = new Intl.Collator(locale);
  return [...list].sort((a, b) => Number(chinese(b) === own) - Number(chinese(a) === own) || collator.compare(a.title, b.title));
}

export type Field = "topic" | "title" | "body" | "keywords" | "audience" | "status" | "owner" | "review_on" | "effective_from" | "effective_until";

export interface Change {
  field: Field;
  pieces: Excerpt[];
}

/** Texts are compared word by word, everything else as what it was and what it is. `shown` says a value in the reader's words. */
export function changes(version: ArticleVersion, before: ArticleVersion | undefined, shown: (field: Field, value: ArticleVersion[Field]) => string): Change[] {
  if (!before) return [];
  return (version.changed as Field[]).map((field) => {
    const [was, is] = [shown(field, before[field]), shown(field, version[field])];
    if (field === "body" || field === "title" || field === "keywords") return { field, pieces: shortened(compared(was, is)) };
    return { field, pieces: [{ kind: "removed", text: was, cut: false }, { kind: "added", text: is, cut: false }] };
  });
}

export type FileKind = "table" | "markdown";

export function kindOf(fileName: string): FileKind {
  return /\.(md|markdown)$/i.test(fileName) ? "markdown" : "table";
}
