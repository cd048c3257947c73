/* What an order offers, what a form asks for, how a draft is heard, and the sums of the AI page. */
import { expect, test } from "vitest";
import { eventReader } from "../src/api/events.ts";
import { AI_KINDS, aboutSeq, bars, matching, otherDay, share } from "../src/pages/ai/ai.ts";
import { asLines, heard, lastAsked, NOTHING_WRITTEN, textOf, type Draft } from "../src/pages/reception/assist/assist.ts";
import { KINDS, reasonsFor, casesOf, wishOf, type AfterSale, type WishForm } from "../src/pages/reception/side/aftersales.ts";
import { askedOf, emptyForm, freshKey, offered, some } from "../src/pages/reception/side/operations.ts";
import { spentShare } from "../src/pages/settings/llm.ts";
import { aMessage } from "./build.ts";

const every = (): boolean => true;
const clear = { held_at: null, reviewed_at: null, intercept_at: null, invoice_asked: false };
const A_DRAFT: Draft = { text: "已经在路上了", origin: "policy", why: "", sources: [], answers: [1], intent: "logistics_tracking", confidence: 0.9, emotion: "calm", language: "zh", llm: true };

test("an order on its way can be called back but not cancelled", () => {
  const found = offered("shipped", clear, every);
  expect(found).toContain("intercept");
  expect(found).not.toContain("cancel");
  expect(offered("shipped", { ...clear, intercept_at: 1 }, every)).not.toContain("intercept");
});

test("a held order is released, not held again", () => {
  const found = offered("paid", { ...clear, held_at: 1 }, every);
  expect(found).toContain("release");
  expect(found).not.toContain("hold");
  expect(found).not.toContain("review");
});

test("nobody is offered what their role may not do", () => {
  expect(offered("paid", clear, (permission) => permission === "orders.urge")).toEqual(["urge_parcel"]);
  expect(offered("unpaid", clear, () => false)).toEqual([]);
});

test("a cancelled order offers nothing", () => {
  expect(offered("cancelled", { ...clear, invoice_asked: true }, every)).toEqual([]);
});

test("what ends an order stands last in the menu", () => {
  expect(offered("paid", clear, every).at(-1)).toBe("cancel");
});

test("a form asks only for what was filled in", () => {
  const form = emptyForm({ note: "放门口" });
  expect(askedOf("change_address", form)).toBeNull();
  expect(askedOf("change_address", { ...form, phone: " 13800000000 " })).toEqual({ operation: "change_address", phone: "13800000000" });
  expect(askedOf("change_items", { ...form, to: { 0: "", 1: "B-2" } })).toEqual({ operation: "change_items", changes: [{ line: 1, to_sku: "B-2" }], method: "" });
  expect(askedOf("reissue", { ...form, again: { 0: 0 } })).toBeNull();
  expect(askedOf("invoice", { ...form, title: "  " })).toBeNull();
  expect(askedOf("change_note", form)).toEqual({ operation: "change_note", note: "放门口" });
  expect(askedOf("urge_payment", form)).toEqual({ operation: "urge_payment" });
});

test("amounts of nothing are not shown, and every preview has a key the centre takes", () => {
  expect([some("0.00"), some("0.01"), some("120.00")]).toEqual([false, true, true]);
  expect(freshKey()).toMatch(/^[A-Za-z0-9._:-]{8,80}$/);
  expect(freshKey()).not.toBe(freshKey());
});

test("a wish names its goods, and what they become only in an exchange", () => {
  const form: WishForm = { kind: "return", reason: "size", units: { 0: 0, 1: 2 }, to: { 1: "L" }, party: "unknown", words: " 小了 " };
  expect(wishOf(form)).toMatchObject({ kind: "return", words: "小了", items: [{ line: 1, quantity: 2, to_sku: "" }] });
  expect(wishOf({ ...form, kind: "exchange" })?.items).toEqual([{ line: 1, quantity: 2, to_sku: "L" }]);
  expect(wishOf({ ...form, units: { 0: 0 } })).toBeNull();
});

test("every kind of wish has reasons, each once", () => {
  for (const kind of KINDS) {
    expect(reasonsFor(kind).length).toBeGreaterThan(0);
    expect(new Set(reasonsFor(kind)).size).toBe(reasonsFor(kind).length);
  }
});

test("an order shows its own requests, the newest first", () => {
  const list = [{ order_no: "A", opened_at: 1 }, { order_no: "B", opened_at: 3 }, { order_no: "A", opened_at: 2 }] as AfterSale[];
  expect(casesOf(list, "A").map((one) => one.opened_at)).toEqual([2, 1]);
});

test("events are read wherever the stream is cut", () => {
  const whole = 'event: base\ndata: {"a":1}\n\nevent: delta\r\ndata: {"text":"一"}\r\n\r\n: still here\n\nevent: final\ndata: {}\n\n';
  for (let cut = 0; cut <= whole.length; cut += 1) {
    const read = eventReader();
    const found = [...read(whole.slice(0, cut)), ...read(whole.slice(cut))];
    expect(found.map((one) => one.event)).toEqual(["base", "delta", "final"]);
    expect(found[1]?.data).toBe('{"text":"一"}');
  }
});

test("a draft shows the built-in words first, then the model's, and in the end what may be used", () => {
  const base = heard(NOTHING_WRITTEN, "base", JSON.stringify(A_DRAFT));
  expect(textOf(base)).toBe("已经在路上了");
  const some = heard(heard(base, "delta", '{"text":"您的包裹"}'), "delta", '{"text":"已经在路上了。"}');
  expect(textOf(some)).toBe("您的包裹已经在路上了。");
  const refused = heard(some, "final", JSON.stringify({ ...A_DRAFT, why: "unsupported" }));
  expect(textOf(refused)).toBe("已经在路上了");
  expect(textOf(heard(base, "final", JSON.stringify({ ...A_DRAFT, text: "", origin: "none" })))).toBe("");
});

test("what fits changes with the customer's words, not with ours", () => {
  const messages = [aMessage(1), aMessage(2, { sender: "agent" }), aMessage(3), aMessage(4, { sender: "ai" })];
  expect(lastAsked(messages)).toBe(3);
  expect(lastAsked([])).toBe(0);
});

test("promises are one a line", () => {
  expect(asLines(" 明天回电 \n\n补发一件 ")).toEqual(["明天回电", "补发一件"]);
  expect(asLines("一\n".repeat(30))).toHaveLength(10);
});

test("bars share one scale and add up to their intent", () => {
  const [first, second] = bars([{ intent: "a", total: 2, kinds: { answered: 1, handed_over: 1 } }, { intent: "b", total: 8, kinds: { answered: 8 } }], 5);
  expect(first?.intent).toBe("b");
  expect(first?.parts).toEqual([{ kind: "answered", count: 8, width: 100 }]);
  expect(second?.parts.reduce((sum, part) => sum + part.width, 0)).toBe(25);
  expect(bars([], 5)).toEqual([]);
  expect(AI_KINDS).toHaveLength(6);
});

test("shares and days are what a person expects", () => {
  expect([share(1, 3), share(0, 0)]).toEqual(["33%", ""]);
  expect([otherDay("2026-03-01", -1), otherDay("2026-12-31", 1)]).toEqual(["2026-02-28", "2027-01-01"]);
  expect([spentShare(1, 1000), spentShare(999, 1000), spentShare(5, 0), spentShare(0, 10)]).toEqual([1, 99, 0, 0]);
});

test("a correction is about the customer's message, else about the answer", () => {
  expect(aboutSeq({ seq: 3, answer_seq: 4 })).toBe(3);
  expect(aboutSeq({ seq: null, answer_seq: 4 })).toBe(4);
});

test("an intent is found by its name, its first letters or its id", () => {
  const choices = [{ id: "refund_request", label: "申请退款" }, { id: "invoice", label: "发票" }];
  for (const query of ["退款", "sqtk", "refund"]) expect(matching(choices, query).map((one) => one.id)).toEqual(["refund_request"]);
  expect(matching(choices, "")).toHaveLength(2);
});
