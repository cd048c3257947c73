/* What was written but is not yet stored by the server. Kept in this browser until acknowledged and sent again with the same id,
   so that nothing is lost and nothing is doubled. */
import { lighter } from "@xinfu/shared/picture.ts";
import type { FileRef, Kind, OrderCard, ProductCard } from "@xinfu/shared/types";
import { defineStore } from "pinia";
import { ref } from "vue";
import { api, Problem, serverNow } from "../api/client.ts";
import { t } from "../i18n.ts";
import type { ServerFrame } from "../realtime/frames.ts";
import { recall, remember } from "../text/storage.ts";
import { useDesk } from "./desk.ts";
import { usePrefs } from "./prefs.ts";
import { explain } from "./toasts.ts";

export interface Pending {
  id: string;
  conversation_id: string;
  kind: Kind;
  text: string;
  at: number;
  /** held: may still be taken back; uploading: the file is on its way; sending: waits for its ack; stored: acked; failed: refused. */
  status: "held" | "uploading" | "sending" | "stored" | "failed";
  problem: string;
  seq: number | null;
  file?: FileRef;
  order?: OrderCard;
  product?: ProductCard;
  /** Only for showing an image while it goes up; does not survive a reload. */
  preview?: string;
}

type Content = Pick<Pending, "text"> & Partial<Pick<Pending, "file" | "order" | "product">>;

const ACK_PATIENCE_MS = 8000;

export const useOutbox = defineStore("outbox", () => {
  const desk = useDesk();
  const prefs = usePrefs();
  const list = ref<Pending[]>(recall<Pending[]>("outbox", []).filter((one) => one.status !== "uploading" && one.status !== "stored"));
  const files = new Map<string, File>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  desk.onFrame(hear);
  desk.onReady(() => list.value.filter((one) => one.status === "sending" || one.status === "held").forEach((one) => transmit(one.id)));
  addEventListener("pagehide", () => flushAll());

  function say(conversationId: string, content: Content): void {
    flush(conversationId);
    const kind: Kind = content.order ? "order" : content.product ? "product" : "text";
    const pending = create(conversationId, kind, content.text, content);
    add(pending);
    if (kind !== "text" || prefs.undoSeconds === 0) transmit(pending.id);
    else timers.set(pending.id, setTimeout(() => transmit(pending.id), prefs.undoSeconds * 1000));
  }

  function sayFile(conversationId: string, file: File): void {
    flush(conversationId);
    const kind: Kind = file.type.startsWith("image/") ? "image" : "file";
    const pending = { ...create(conversationId, kind, "", {}), status: "uploading" as const };
    pending.preview = kind === "image" ? URL.createObjectURL(file) : undefined;
    pending.text = kind === "file" ? file.name : "";
    files.set(pending.id, file);
    add(pending);
    void upload(pending.id);
  }

  async function upload(id: string): Promise<void> {
    const file = files.get(id);
    if (!file) return;
    try {
      const stored = await api.upload<FileRef>("files", await lighter(file));
      change(id, { file: stored, text: "", kind: stored.kind ?? "image" });
      transmit(id);
    } catch (error) {
      change(id, { status: "failed", problem: explain(error) });
    }
  }

  /** Hand one over to the socket now; without a link it stays here and goes with the next one. */
  function transmit(id: string): void {
    clearTimeout(timers.get(id));
    timers.delete(id);
    const pending = list.value.find((one) => one.id === id);
    if (!pending || pending.status === "stored") return;
    change(id, { status: "sending", problem: "" });
    desk.send({ t: "send", conversation_id: pending.conversation_id, ...payload(pending) });
    timers.set(id, setTimeout(() => void overHttp(id), ACK_PATIENCE_MS));
  }

  /** No ack in time: the same message with the same id by the other road. The server stores it once whichever arrives first. */
  async function overHttp(id: string): Promise<void> {
    const pending = list.value.find((one) => one.id === id);
    if (!pending || pending.status !== "sending") return;
    try {
      const { seq } = await api.post<{ seq: number }>(`conversations/${pending.conversation_id}/messages`, payload(pending));
      acked(id, seq);
    } catch (error) {
      if (error instanceof Problem && error.code === "network") timers.set(id, setTimeout(() => void overHttp(id), ACK_PATIENCE_MS));
      else change(id, { status: "failed", problem: explain(error) });
    }
  }

  function retry(id: string): void {
    const pending = list.value.find((one) => one.id === id);
    if (!pending) return;
    if (pending.kind !== "text" && !pending.file && files.has(id)) {
      change(id, { status: "uploading", problem: "" });
      void upload(id);
    } else transmit(id);
  }

  /** Take back what was held or refused; gives the text back so that it can be mended. */
  function takeBack(id: string): string {
    const pending = list.value.find((one) => one.id === id);
    if (!pending || (pending.status !== "held" && pending.status !== "failed")) return "";
    remove(id);
    return pending.kind === "text" ? pending.text : "";
  }

  function flush(conversationId: string): void {
    list.value.filter((one) => one.conversation_id === conversationId && one.status === "held").forEach((one) => transmit(one.id));
  }

  function flushAll(): void {
    list.value.filter((one) => one.status === "held").forEach((one) => transmit(one.id));
  }

  function hear(frame: ServerFrame): void {
    if (frame.t === "ack") acked(frame.id, frame.seq);
    else if (frame.t === "ev" && frame.kind === "message" && frame.m.client_id) remove(frame.m.client_id);
    else if (frame.t === "error" && frame.id) refused(frame.id, frame.detail, frame.retry_after_s);
  }

  function acked(id: string, seq: number): void {
    const pending = list.value.find((one) => one.id === id);
    if (!pending) return;
    const arrived = desk.state.threads.get(pending.conversation_id)?.messages.some((message) => message.seq === seq);
    if (arrived) remove(id);
    else change(id, { status: "stored", seq });
    clearTimeout(timers.get(id));
  }

  function refused(id: string, detail: string, retryAfterS?: number): void {
    clearTimeout(timers.get(id));
    if (retryAfterS !== undefined) timers.set(id, setTimeout(() => transmit(id), retryAfterS * 1000));
    else change(id, { status: "failed", problem: detail || t("problem.unknown") });
  }

  function add(pending: Pending): void {
    list.value = [...list.value, pending];
    keep();
  }

  function change(id: string, part: Partial<Pending>): void {
    list.value = list.value.map((one) => (one.id === id ? { ...one, ...part } : one));
    keep();
  }

  function remove(id: string): void {
    clearTimeout(timers.get(id));
    timers.delete(id);
    const gone = list.value.find((one) => one.id === id);
    if (!gone) return;
    if (gone.preview) URL.revokeObjectURL(gone.preview);
    files.delete(id);
    list.value = list.value.filter((one) => one.id !== id);
    keep();
  }

  function keep(): void {
    const lasting = list.value.filter((one) => one.status !== "uploading" && one.status !== "stored").map((one) => ({ ...one, preview: undefined }));
    remember("outbox", lasting.length ? lasting : null);
  }

  return { list, say, sayFile, retry, takeBack, flush };
});

/** Works without a secure context too: a desk may be reached over plain http inside a shop's own network. */
function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function create(conversationId: string, kind: Kind, text: string, content: Partial<Content>): Pending {
  const base = { id: newId(), conversation_id: conversationId, kind, text, at: serverNow() };
  return { ...base, status: "held", problem: "", seq: null, file: content.file, order: content.order, product: content.product };
}

function payload(pending: Pending): Record<string, unknown> {
  const { id, kind, text } = pending;
  if (pending.file) return { id, kind, file: pending.file.id, ...(text ? { text } : {}) };
  if (pending.order) return { id, kind, order: pending.order.no };
  if (pending.product) return { id, kind, product: pending.product.id };
  return { id, text };
}
