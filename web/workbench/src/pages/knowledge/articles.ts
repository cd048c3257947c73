/* An article as the server keeps it. */

export interface Article {
  id: string;
  topic: string;
  title: string;
  body: string;
  audience: "customer" | "staff";
  status: "draft" | "published" | "archived";
  owner: string;
  review_on: number | null;
  effective_from: number | null;
  effective_until: number | null;
  version: number;
  created_at: number;
  updated_at: number;
}

export interface ArticleVersion {
  version: number;
  title: string;
  body: string;
  audience: string;
  status: string;
  saved_at: number;
  saved_by: string;
}

export function blankArticle(): Article {
  const dates = { review_on: null, effective_from: null, effective_until: null, created_at: 0, updated_at: 0 };
  return { id: "", topic: "", title: "", body: "", audience: "customer", status: "published", owner: "", version: 0, ...dates };
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
