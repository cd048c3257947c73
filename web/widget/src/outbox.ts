// What the customer said and the centre has not yet acknowledged. Kept on the device, so a reload or a lost connection loses nothing;
// every entry keeps its client id, so sending it again stores nothing twice.

import type { ClientFrame, Data, Kind } from "./frames";
import { readJson, type Shelf } from "./storage";

export interface Entry {
  id: string;
  kind: Exclude<Kind, "orders">;
  text: string;
  /** The file, order or product this entry shows; empty for a text. */
  ref: string;
  /** What to draw until the centre sends the message back. */
  data?: Data;
  at: string;
  /** The conversation it was first sent in. */
  conversation: string;
  failed?: string;
}

/** One storage key per entry: two tabs of the same shop then never overwrite each other's. */
export class Outbox {
  private entries: Entry[] = [];

  constructor(
    private readonly shelf: Shelf,
    private prefix: string,
  ) {
    this.load();
  }

  /** Go on with the entries of another person on this device. */
  switchTo(prefix: string): void {
    this.prefix = prefix;
    this.load();
  }

  /** Everything unacknowledged now belongs under another name: the visitor has just signed in. */
  moveTo(prefix: string): void {
    const moved = this.entries;
    for (const entry of moved) this.shelf.remove(this.prefix + entry.id);
    this.prefix = prefix;
    for (const entry of moved) this.save(entry);
    this.load();
  }

  all(): readonly Entry[] {
    return this.entries;
  }

  /** The next one to send: the oldest that did not fail for good. */
  next(): Entry | undefined {
    return this.entries.find((entry) => entry.failed === undefined);
  }

  add(entry: Entry): void {
    this.entries = [...this.entries, entry];
    this.save(entry);
  }

  /** Acknowledged, or thrown away by the customer. Returns the entry, or undefined when it was not ours to send. */
  remove(id: string): Entry | undefined {
    const found = this.entries.find((entry) => entry.id === id);
    this.entries = this.entries.filter((entry) => entry.id !== id);
    this.shelf.remove(this.prefix + id);
    return found;
  }

  fail(id: string, why: string): void {
    this.change(id, (entry) => ({ ...entry, failed: why }));
  }

  retry(id: string): void {
    this.change(id, ({ failed: _, ...entry }) => entry);
  }

  place(id: string, conversation: string): void {
    this.change(id, (entry) => ({ ...entry, conversation }));
  }

  private change(id: string, how: (entry: Entry) => Entry): void {
    this.entries = this.entries.map((entry) => (entry.id === id ? how(entry) : entry));
    const changed = this.entries.find((entry) => entry.id === id);
    if (changed) this.save(changed);
  }

  private save(entry: Entry): void {
    this.shelf.set(this.prefix + entry.id, JSON.stringify(entry));
  }

  private load(): void {
    this.entries = this.shelf
      .keys(this.prefix)
      .map((key) => readJson<Entry>(this.shelf, key))
      .filter((entry): entry is Entry => entry !== null && typeof entry.id === "string")
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  }
}

/** The frame that sends an entry; the same every time it is sent. */
export function sendFrame(entry: Entry): ClientFrame {
  switch (entry.kind) {
    case "text":
      return { t: "send", id: entry.id, text: entry.text };
    case "order":
      return { t: "send", id: entry.id, kind: "order", order: entry.ref };
    case "product":
      return { t: "send", id: entry.id, kind: "product", product: entry.ref };
    default:
      return { t: "send", id: entry.id, kind: entry.kind, file: entry.ref, ...(entry.text ? { text: entry.text } : {}) };
  }
}
