/* Knowledge: dates by the shop's clock, what changed between versions, the steps of a review, keyboard of the unanswered questions. */
import type { ArticleVersion } from "@xinfu/shared/types";
import { expect, test } from "vitest";
import { changes, kindOf, wordings } from "../src/pages/knowledge/articles.ts";
import { fromField, monthsOn, phase, toField } from "../src/pages/knowledge/dates.ts";
import { compared, shortened, type Piece } from "../src/pages/knowledge/diff.ts";
import { actionFor, moved } from "../src/pages/knowledge/gaps.ts";
import { nextSpeaker, shares, stepsFor, tidied, unknownBlanks } from "../src/pages/knowledge/review.ts";

const side = (pieces: readonly Piece[], kind: "added" | "removed"): string => pieces.filter((one) => one.kind === "same" || one.kind === kind).map((one) => one.text).join("");
const only = (pieces: readonly Piece[], kind: Piece["kind"]): string[] => pieces.filter((one) => one.kind === kind).map((one) => one.text);

test("a date field shows the shop's clock, wherever the browser is", () => {
  const at = Date.UTC(2026, 10, 22, 16, 30);
  expect(toField(at, "Asia/Shanghai")).toBe("2026-11-23T00:30");
  expect(toField(at, "Asia/Shanghai", true)).toBe("2026-11-23");
  expect(toField(null, "Asia/Shanghai")).toBe("");
  expect(fromField("2026-11-23T00:30", "Asia/Shanghai")).toBe(at);
  expect(fromField("2026-11-23", "Asia/Shanghai")).toBe(Date.UTC(2026, 10, 22, 16));
  expect(fromField("", "Asia/Shanghai")).toBeNull();
});

test.each(["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "UTC"])("every hour of a year comes back the same through a field in %s", (zone) => {
  for (let at = Date.UTC(2026, 0, 1); at < Date.UTC(2027, 0, 1); at += 7 * 3_600_000) {
    const text = toField(at, zone);
    // An hour that the clock shows twice may come back as the other one; it must read the same.
    expect(toField(fromField(text, zone), zone)).toBe(text);
  }
});

test("some months on is the same day, or that month's last", () => {
  expect(monthsOn("2026-01-31", 1)).toBe("2026-02-28");
  expect(monthsOn("2026-11-22", 3)).toBe("2027-02-22");
  expect(monthsOn("2024-02-29", 12)).toBe("2025-02-28");
});

test("a campaign begins with its first moment and is over at its last", () => {
  expect(phase(10, 20, 9)).toBe("coming");
  expect(phase(10, 20, 10)).toBe("on");
  expect(phase(10, 20, 20)).toBe("over");
  expect(phase(null, null, 5)).toBe("on");
});

test("a changed word stands out, in Chinese and in English", () => {
  const chinese = compared("七天内可以退货，运费我们出。", "十五天内可以退货，运费我们出。");
  expect(only(chinese, "removed")).toEqual(["七"]);
  expect(only(chinese, "added")).toEqual(["十五"]);
  const english = compared("Returns within 7 days.", "Returns within 15 days.");
  expect(only(english, "removed")).toEqual(["7"]);
  expect(only(english, "added")).toEqual(["15"]);
});

test("a new line among old ones is only added, and sentences without much in common are not mixed", () => {
  expect(compared("一\n二\n三\n", "一\n二半\n二\n三\n").filter((one) => one.kind !== "same")).toEqual([{ kind: "added", text: "二半\n" }]);
  const apart = compared("发票在确认收货后开。", "Please ask a person!");
  expect(apart.map((one) => one.kind)).toEqual(["removed", "added"]);
});

test("both texts can be read from what is shown, whatever they are", () => {
  const texts = ["", "a", "甲乙丙\n丁", "甲丙\n丁戊\n", "\n\n甲 乙\n", "long word here\nand there", "there and\nlong words here", "👍🏻 好评", "x".repeat(3000), "y x ".repeat(700)];
  for (const before of texts) {
    for (const after of texts) {
      const pieces = compared(before, after);
      expect(side(pieces, "removed")).toBe(before);
      expect(side(pieces, "added")).toBe(after);
    }
  }
});

test("long stretches that stayed are left out, and what changed never is", () => {
  const pieces = compared(`${"前".repeat(300)}旧${"后".repeat(300)}`, `${"前".repeat(300)}新${"后".repeat(300)}`);
  const shown = shortened(pieces, 10);
  expect(only(shown, "added")).toEqual(["新"]);
  expect(only(shown, "removed")).toEqual(["旧"]);
  expect(shown.filter((one) => one.cut)).toHaveLength(2);
  expect(shown.map((one) => one.text).join("").length).toBeLessThan(40);
});

function aVersion(part: Partial<ArticleVersion>): ArticleVersion {
  const dates = { review_on: null, effective_from: null, effective_until: null, saved_at: 0 };
  return { version: 1, topic: "", title: "退货", body: "七天", keywords: [], audience: "customer", status: "draft", owner: "", saved_by: "顾南乔", saved_by_id: "x", restored_from: null, changed: [], ...dates, ...part };
}

test("a save tells its changes in the reader's words, and the first has none", () => {
  const [old, young] = [aVersion({}), aVersion({ version: 2, status: "published", body: "十五天", changed: ["body", "status"] })];
  const told = changes(young, old, (field, value) => (field === "status" ? `<${String(value)}>` : String(value)));
  expect(told.map((one) => one.field)).toEqual(["body", "status"]);
  expect(told[1]?.pieces.map((one) => one.text)).toEqual(["<draft>", "<published>"]);
  expect(changes(old, undefined, () => "")).toEqual([]);
});

test("wordings are one a line, each once, fifty at most", () => {
  expect(wordings(" 几天到 \n\n几天到\n多久到")).toEqual(["几天到", "多久到"]);
  expect(wordings(Array.from({ length: 60 }, (_, n) => `${n}`).join("\n"))).toHaveLength(50);
});

test("a file's name tells how it is read", () => {
  expect([kindOf("常见问题.MD"), kindOf("a.markdown"), kindOf("a.csv"), kindOf("a.md.csv")]).toEqual(["markdown", "markdown", "table", "table"]);
});

const shared = { id: "s", shared: true, author_id: "writer" };

test("who wrote the words never decides about them, and one's own need no decision", () => {
  expect(stepsFor({ ...shared, status: "in_review" }, "writer", true)).toEqual([]);
  expect(stepsFor({ ...shared, status: "in_review" }, "other", true)).toEqual(["approve", "return"]);
  expect(stepsFor({ ...shared, status: "in_review" }, "other", false)).toEqual([]);
  expect(stepsFor({ ...shared, status: "draft" }, "other", true)).toEqual(["submit"]);
  expect(stepsFor({ ...shared, status: "returned" }, "writer", true)).toEqual(["submit"]);
  expect(stepsFor({ ...shared, status: "approved" }, "other", true)).toEqual([]);
  expect(stepsFor({ ...shared, shared: false, status: "approved" }, "writer", true)).toEqual([]);
});

test("outcomes add up to all conversations", () => {
  const parts = shares({ conversations: 8, resolved: 5, handed_back: 4 });
  expect(parts.map((one) => one.count)).toEqual([5, 3, 0]);
  expect(parts.reduce((sum, one) => sum + one.percent, 0)).toBe(100);
  expect(shares({ conversations: 0, resolved: 0, handed_back: 0 }).every((one) => one.percent === 0)).toBe(true);
});

test("blanks nobody can fill are named once", () => {
  expect(unknownBlanks("{客户}您好，{金额}已退，{金额}请查收 }")).toEqual(["{金额}", "}"]);
  expect(unknownBlanks("{订单号} {物流} {客服}")).toEqual([]);
});

test("speakers of a sample take turns and empty lines are left out", () => {
  expect(nextSpeaker([])).toBe("customer");
  expect(nextSpeaker([{ sender: "customer", text: "在吗" }])).toBe("agent");
  expect(tidied([{ sender: "customer", text: " 在吗 " }, { sender: "agent", text: " " }])).toEqual([{ sender: "customer", text: "在吗" }]);
});

test("keys move within the list, and a shortcut of the browser stays one", () => {
  const press = { key: "j", ctrlKey: false, metaKey: false, altKey: false, isComposing: false };
  expect(actionFor(press)).toBe("next");
  expect(actionFor({ ...press, ctrlKey: true })).toBeNull();
  expect(actionFor({ ...press, isComposing: true })).toBeNull();
  expect(actionFor({ ...press, key: "q" })).toBeNull();
  expect([moved(0, "previous", 3), moved(2, "next", 3), moved(0, "next", 3), moved(5, "open", 3), moved(0, "next", 0)]).toEqual([0, 2, 1, 2, -1]);
});
