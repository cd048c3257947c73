import { expect, test } from "vitest";
import { bodyOf, emptyForm, fieldsOf, isAmount, queryOf, stops, wrongIn, type Case } from "../src/pages/cases/cases.ts";

const one = { kind: "return", disposition: "restock", version: 7 } as Case;
const goodwill = { ...one, kind: "goodwill" } as Case;

test("accepting a gesture asks what and how much, accepting a return asks nothing", () => {
  expect(fieldsOf("accept", goodwill).filter((f) => f.needed).map((f) => f.field)).toEqual(["what", "amount"]);
  expect(fieldsOf("accept", one).filter((f) => f.needed)).toEqual([]);
});

test("an amount is digits with at most two decimals", () => {
  expect(["12", "12.5", "0.01"].every(isAmount)).toBe(true);
  expect(["", "-1", "1e3", "12.345", "NaN", "1,000", "１２"].some(isAmount)).toBe(false);
});

test("the first wrong field is named", () => {
  expect(wrongIn("accept", goodwill, emptyForm(one))).toBe("amount");
  expect(wrongIn("decline", one, emptyForm(one))).toBe("note");
  expect(wrongIn("decline", one, { ...emptyForm(one), note: "照片里看不出问题" })).toBe("");
});

test("goods that are not what was sent need words", () => {
  const form = { ...emptyForm(one), matches: false };
  expect(wrongIn("inspected", one, form)).toBe("note");
  expect(wrongIn("inspected", one, { ...form, note: "序列号不同" })).toBe("");
});

test("a step sends its version and only what was filled in", () => {
  expect(bodyOf("accept", one, emptyForm(one))).toEqual({ version: 7 });
  expect(bodyOf("inspected", one, { ...emptyForm(one), weight: "420" })).toEqual({ version: 7, condition: "as_new", matches: true, disposition: "restock", weight_g: 420 });
});

test("a case off its way is drawn after the state it was in", () => {
  const way = stops({ path: ["open", "awaiting_goods", "returning", "refunding", "done"], state: "stuck", work: { was: "returning" } } as unknown as Case);
  expect(way.map((stop) => stop.state)).toEqual(["open", "awaiting_goods", "returning", "stuck"]);
  expect(way.at(-1)?.at).toBe("now");
});

test("queues are by urgency, everything by newest", () => {
  expect(queryOf("open", ["mine"], "")).toEqual({ order: "due", queue: "open", mine: true });
  expect(queryOf("all", [], "")).toEqual({ order: "newest" });
});
