/* Scripts, pinyin, money. */
import { expect, test } from "vitest";
import { money } from "../src/text/money.ts";
import { initials, matches } from "../src/text/pinyin.ts";
import type { Script } from "@xinfu/shared/types";
import { fillScript, findScripts, openHoles } from "../src/text/scripts.ts";

function aScript(title: string, initialsOf: string, pinyin: string, uses = 0): Script {
  return { id: title, shared: true, group: "", title, body: "您好", variables: [], keywords: [], active_from: null, active_until: null, active: true, status: "approved", author_id: "", author: "", reviewer: "", review_note: "", reviewed_at: null, uses, initials: initialsOf, pinyin, version: 1, updated_at: 0 };
}

const scripts = [aScript("退款说明", "tksm", "tuikuanshuoming", 1), aScript("催物流", "cwl", "cuiwuliu", 9), aScript("退换货", "thh", "tuihuanhuo", 5)];
const titles = (query: string): string[] => findScripts(scripts, query).map((one) => one.title);

test("scripts are found by initials, pinyin and words", () => {
  expect(titles("tk")).toEqual(["退款说明"]);
  expect(titles("tuik")).toEqual(["退款说明"]);
  expect(titles("退")).toEqual(["退换货", "退款说明"]);
  expect(titles("xyz")).toEqual([]);
});

test("with nothing typed the most used come first", () => {
  expect(titles("")).toEqual(["催物流", "退换货", "退款说明"]);
});

test("known blanks are filled and unknown ones stay in sight", () => {
  const filled = fillScript("{客户}您好，订单 {订单号} 已处理。", { 客户: "王女士" });
  expect(filled).toBe("王女士您好，订单 {订单号} 已处理。");
  expect(openHoles(filled)).toEqual(["{订单号}"]);
  expect(openHoles("普通的 {花括号}")).toEqual([]);
});

test("Chinese commands are found by the first letters of their words", () => {
  expect(initials("转接会话")).toBe("zjhh");
  expect(initials("状态改为在线")).toBe("ztgwzx");
  expect(matches("去知识", "qzs")).toBe(true);
  expect(matches("去知识", "wall")).toBe(false);
});

test("amounts are shown as they came, grouped and with their sign", () => {
  expect(money("1299.00", "CNY")).toBe("¥1,299.00");
  expect(money("1234567.5", "USD")).toBe("$1,234,567.5");
  expect(money(undefined, "CNY")).toBe("");
});
