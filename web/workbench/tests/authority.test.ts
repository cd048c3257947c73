/* Approvals, limits and the ledger: small sums and what fields say. */
import { expect, test } from "vitest";
import { bars, beside, changed, columns, dayAfter, ledgerQuery, limitOf, NO_FILTER, progress, read, reasons, shown, urgency, withLimit, type Approval, type Balance, type LimitsAnswer, type Rules } from "../src/pages/authority/authority.ts";

const rules: Rules = {
  currency: "CNY", limits: { owner: { goodwill: { each: "100.00", day: null, customer: "200.00" } }, ai: {}, agent: { goodwill: { each: "20.00", day: "200.00", customer: "40.00" } } }, last_word: ["owner"], full_trust: false, trusted: ["agent"],
  two_above: "100.00", two_above_policy: null, shop_day: null, shop_customer: null, approval_hours: 72,
};
const answer = { current: { version: 0, effective_from: null, saved_at: null, author: "", note: "", rules }, newest: 0, history: [], roles: ["ai", "agent", "lead", "owner", "planner"], actions: [] } satisfies LimitsAnswer;
const asked = { asked_at: 0, expires_at: 72 * 3_600_000, two_person: true, votes: [] } as unknown as Approval;

test("a field's text is an amount, no bound, or not an amount", () => {
  expect([read(""), read(" "), read("0"), read("20"), read("020.5"), read("1,299"), read("0.01")]).toEqual([null, null, "0.00", "20.00", "20.50", "1299.00", "0.01"]);
  for (const wrong of ["-1", "1.005", "1e3", "二十", "NaN", ".5", "99999999999", "1.2.3"]) expect(read(wrong), wrong).toBeUndefined();
});

test("what a field shows reads back as the same amount", () => {
  for (const amount of [null, "0.00", "20.00", "20.50", "0.01", "1299.00"]) expect(read(shown(amount))).toBe(amount);
  expect([shown("20.00"), shown("20.50"), shown(null)]).toEqual(["20", "20.50", ""]);
});

test("one number changes and the rest stays as it was", () => {
  const after = withLimit(rules, "agent", "goodwill", "each", "30.00");
  expect(limitOf(after, "agent", "goodwill")).toEqual({ each: "30.00", day: "200.00", customer: "40.00" });
  expect(limitOf(rules, "agent", "goodwill").each).toBe("20.00");
  expect([changed(rules, after, "agent", "goodwill", "each"), changed(rules, after, "agent", "goodwill", "day"), changed(rules, after, "owner", "goodwill", "each")]).toEqual([true, false, false]);
  expect(limitOf(withLimit(rules, "lead", "freight", "day", null), "lead", "freight")).toEqual({ each: "0.00", day: null, customer: null });
});

test("roles stand from the smallest authority to the largest, the AI last", () => {
  expect(columns(answer, rules)).toEqual({ shown: ["agent", "owner", "ai"], others: ["lead", "planner"] });
});

test("two people are counted, a no is not", () => {
  const person = { id: "1", name: "a", role: "lead" };
  const votes = [{ at: 0, person, agreed: true, note: "" }, { at: 0, person, agreed: false, note: "x" }];
  expect([progress(asked), progress({ ...asked, votes }), progress({ ...asked, two_person: false })]).toEqual([{ given: 0, needed: 2 }, { given: 1, needed: 2 }, { given: 0, needed: 1 }]);
});

test("an approval grows urgent with its time", () => {
  const hour = 3_600_000;
  expect([urgency(asked, hour), urgency(asked, 40 * hour), urgency(asked, 70 * hour), urgency(asked, 80 * hour)]).toEqual(["", "soon", "now", "now"]);
});

test("what stands in the way comes first", () => {
  const line = (code: string, against: boolean) => ({ code, text: code, against });
  const found = reasons([line("a", false), line("b", true), line("c", false)]);
  expect([found.against.map((one) => one.code), found.rest.map((one) => one.code)]).toEqual([["b"], ["a", "c"]]);
});

test("the keys stop at both ends of the list", () => {
  const list = [{ id: "a" }, { id: "b" }];
  expect([beside(list, "a", 1)?.id, beside(list, "b", 1)?.id, beside(list, "a", -1)?.id, beside(list, "x", 1)?.id, beside([], "a", 1)]).toEqual(["b", "b", "a", "a", undefined]);
});

test("bars of a currency share one scale, the largest first", () => {
  const one = (account: string, closing: string, currency = "CNY"): Balance => ({ account, name: account, currency, debit: "0.00", credit: "0.00", closing });
  const found = bars([one("sales", "50.00"), one("cash", "-200.00"), one("freight", "0.00"), one("cash", "3.00", "USD")]);
  expect(found.map((bar) => [bar.account, bar.currency, bar.side, bar.width])).toEqual([["cash", "CNY", "credit", 100], ["sales", "CNY", "debit", 25], ["freight", "CNY", "even", 0], ["cash", "USD", "debit", 100]]);
});

test("days become moments and the last day counts whole", () => {
  const moment = (day: string): number | null => (day ? Date.parse(`${day}T00:00:00Z`) : null);
  expect(ledgerQuery(NO_FILTER, moment)).toEqual({ order_no: "", case_no: "", account: "", since: null, until: null });
  expect(ledgerQuery({ ...NO_FILTER, order_no: " A1 ", from: "2026-02-28", to: "2026-02-28" }, moment)).toMatchObject({ order_no: "A1", since: Date.UTC(2026, 1, 28), until: Date.UTC(2026, 2, 1) });
  expect([dayAfter("2026-12-31"), dayAfter("nonsense")]).toEqual(["2027-01-01", ""]);
});
