/* Skills of people as they are edited. */
import { expect, test } from "vitest";
import { inShort, rowsOf, skillsOf } from "../src/pages/settings/skills.ts";

test("what is read is what is sent back", () => {
  expect(skillsOf(rowsOf({ lead: 5, 显卡: 3 }))).toEqual({ lead: 5, 显卡: 3 });
  expect(rowsOf(undefined)).toEqual([]);
});

test("rows without a name are left out and the last of a name counts", () => {
  expect(skillsOf([{ skill: " ", level: 2 }, { skill: "lead ", level: 1 }, { skill: "lead", level: 4 }])).toEqual({ lead: 4 });
});

test("the list says skills in short", () => {
  expect(inShort({ lead: 5, 显卡: 3 }, "，")).toBe("lead 5，显卡 3");
});
