/* One place where HTTP happens: the CSRF header, the active shop, the reader's language, problem+json, and how far the server's clock is from ours. */
import type { Early } from "../early.ts";
import { eventReader, type ServerEvent } from "./events.ts";

export interface FieldProblem {
  field: string;
  why: string;
}

/** A refusal of the server, or the network's. `detail` is already in the reader's language except for code `network`. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly detail: string,
    readonly retryAfterS: number | null = null,
    readonly fields: FieldProblem[] = [],
  ) {
    super(`${status} ${code}`);
  }
}

interface Context {
  shop: string;
  locale: string;
  onSignedOut: () => void;
}

const context: Context = { shop: "", locale: "zh-CN", onSignedOut: () => undefined };
let skew = 0;

export function setContext(change: Partial<Context>): void {
  Object.assign(context, change);
}

/** Milliseconds since 1970 by the server's clock, as well as the Date header lets us know it. */
export function serverNow(): number {
  return Date.now() + skew;
}

export function cookie(name: string): string {
  const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

/** The answer to a question that early.ts asked already, for the same shop and in the same language; each is given out once. */
function asked(url: string): Promise<Response> | undefined {
  const early = (globalThis as { xinfuEarly?: Early }).xinfuEarly;
  if (!early || early.shop !== context.shop || early.locale !== context.locale) return undefined;
  const answer = early.answers.get(url);
  early.answers.delete(url);
  return answer;
}

export type Query = Record<string, string | number | boolean | null | undefined>;

export function withQuery(path: string, query?: Query): string {
  if (!query) return path;
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") params.set(key, String(value));
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

async function request<T>(method: string, path: string, body?: unknown, query?: Query): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": context.locale };
  if (context.shop) headers["X-Shop"] = context.shop;
  if (method !== "GET") headers["X-CSRF-Token"] = cookie("xinfu_csrf");
  let payload: BodyInit | undefined;
  if (body instanceof FormData || body instanceof Blob) payload = body;
  else if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    payload = JSON.stringify(body);
  }
  let response: Response;
  try {
    const url = withQuery(path, query);
    response = await ((method === "GET" && asked(url)) || fetch(`/api/v1/${url}`, { method, headers, body: payload, credentials: "same-origin" }));
  } catch {
    throw new Problem("network", 0, "");
  }
  learnClock(response.headers.get("date"));
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const problem = await toProblem(response);
  if (problem.status === 401 && path !== "auth/login") context.onSignedOut();
  throw problem;
}

/** What the server says bit by bit, until it is done or `signal` ends it. */
async function* events(path: string, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  const headers: Record<string, string> = { Accept: "text/event-stream, application/json", "Accept-Language": context.locale };
  if (context.shop) headers["X-Shop"] = context.shop;
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path}`, { headers, signal, credentials: "same-origin" });
  } catch {
    throw new Problem("network", 0, "");
  }
  if (!response.ok || !response.body) throw await toProblem(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const read = eventReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield* read(part.value);
}

function learnClock(date: string | null): void {
  if (!date) return;
  const difference = Date.parse(date) + 500 - Date.now();
  // The header has whole seconds only: smaller differences say nothing.
  skew = Math.abs(difference) > 2000 ? difference : 0;
}

async function toProblem(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as { code?: string; detail?: string; retry_after_s?: number; fields?: FieldProblem[] };
    return new Problem(body.code ?? "http", response.status, body.detail ?? "", body.retry_after_s ?? null, body.fields ?? []);
  } catch {
    return new Problem("http", response.status, "");
  }
}

export const api = {
  events,
  get: <T>(path: string, query?: Query): Promise<T> => request<T>("GET", path, undefined, query),
  post: <T>(path: string, body?: unknown): Promise<T> => request<T>("POST", path, body ?? {}),
  put: <T>(path: string, body: unknown): Promise<T> => request<T>("PUT", path, body),
  patch: <T>(path: string, body: unknown): Promise<T> => request<T>("PATCH", path, body),
  delete: <T>(path: string): Promise<T> => request<T>("DELETE", path),
  upload: <T>(path: string, file: File): Promise<T> => {
    const form = new FormData();
    form.append("file", file, file.name || "image.png");
    return request<T>("POST", path, form);
  },
};

/** Lists come as a bare array or as {items, next}: both are read the same way. */
export function itemsOf<T>(answer: T[] | { items: T[]; next?: string | null }): T[] {
  return Array.isArray(answer) ? answer : answer.items;
}
