// The widget's HTTP calls. Always to the centre the script came from, never with cookies.

import type { CaseAct, CaseView } from "./cases";
import { parseMessage, type FileCard, type Mode, type OrderCard } from "./frames";
import type { Earlier, Shop } from "./state";

export interface Session {
  token: string;
  conversation_id: string;
  visitor: string;
  shop: Shop;
  last_seq: number;
  state: Mode;
}

/** The centre said no: `status` 0 means that it could not be reached at all. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly retryAfter = 0,
  ) {
    super(detail || String(status));
  }
}

export interface Uploading {
  done: Promise<FileCard & { kind: "image" | "file" }>;
  abort(): void;
}

export class Api {
  token = "";

  constructor(
    readonly origin: string,
    readonly lang: () => string,
  ) {}

  session(body: { shop: string; visitor?: string; identity_token?: string; locale: string; page: string }): Promise<Session> {
    return this.call("POST", "sessions", body);
  }

  async config(shop: string): Promise<Shop> {
    const got = await this.call<Shop | { shop: Shop }>("GET", `config?shop=${encodeURIComponent(shop)}`);
    return "shop" in got ? got.shop : got;
  }

  async orders(): Promise<OrderCard[]> {
    return (await this.call<{ items: OrderCard[] }>("GET", "orders")).items;
  }

  async cases(): Promise<CaseView[]> {
    return (await this.call<{ items: CaseView[] }>("GET", "cases")).items;
  }

  caseAct(number: string, act: CaseAct, body: Record<string, unknown>): Promise<CaseView> {
    return this.call("POST", `cases/${encodeURIComponent(number)}/${act}`, body);
  }

  async history(before: string): Promise<{ items: Earlier[]; next: string | null }> {
    const page = await this.call<HistoryPage>("GET", `history${before && `?before=${encodeURIComponent(before)}`}`);
    return { items: readHistory(page.items), next: page.next ?? null };
  }

  /** XMLHttpRequest, because fetch cannot tell how far an upload has come. */
  upload(file: File, progress: (share: number) => void): Uploading {
    const request = new XMLHttpRequest();
    const done = new Promise<FileCard & { kind: "image" | "file" }>((resolve, reject) => {
      request.open("POST", `${this.origin}/api/v1/widget/files`);
      request.setRequestHeader("Authorization", `Bearer ${this.token}`);
      request.setRequestHeader("Accept-Language", this.lang());
      request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
      request.onload = () => {
        if (request.status < 300) resolve(JSON.parse(request.responseText));
        else reject(refusal(request.status, request.responseText));
      };
      request.onerror = request.onabort = () => reject(new Refused(0, ""));
      const body = new FormData();
      body.append("file", file, file.name);
      request.send(body);
    });
    return { done, abort: () => request.abort() };
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = { "Accept-Language": this.lang() };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (this.token) headers["Authorization"] = `Bearer ${this.token}`;
    const init: RequestInit = { method, headers, credentials: "omit", cache: "no-store" };
    if (body !== undefined) init.body = JSON.stringify(body);
    let answer: Response;
    try {
      answer = await fetch(`${this.origin}/api/v1/widget/${path}`, init);
    } catch {
      throw new Refused(0, "");
    }
    const text = await answer.text();
    if (!answer.ok) throw refusal(answer.status, text);
    return JSON.parse(text) as T;
  }
}

interface HistoryPage {
  items: Record<string, unknown>[];
  next?: string | null;
}

/** A page is a run of messages, oldest first, each naming its conversation. */
export function readHistory(items: Record<string, unknown>[]): Earlier[] {
  const found: Earlier[] = [];
  for (const item of items) {
    const message = parseMessage(item);
    const conversation = String(item["conversation_id"] ?? "");
    if (!message || !conversation) continue;
    const last = found[found.length - 1];
    if (last?.conversation === conversation) last.messages.push(message);
    else found.push({ conversation, messages: [message] });
  }
  return found;
}

function refusal(status: number, text: string): Refused {
  try {
    const problem = JSON.parse(text) as { detail?: unknown; retry_after_s?: unknown };
    const after = typeof problem.retry_after_s === "number" ? problem.retry_after_s : 0;
    return new Refused(status, typeof problem.detail === "string" ? problem.detail : "", after);
  } catch {
    return new Refused(status, "");
  }
}
