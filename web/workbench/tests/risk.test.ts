import { describe, expect, it } from "vitest";
import en from "../src/locales/en.risk.ts";
import zh from "../src/locales/zh-CN.risk.ts";
import { amount, inLocale, lines, PATTERNS, percent, RELATIONS, STATES, type Shared } from "../src/pages/risk/risk.ts";

const shared = (joins: boolean): Shared => ({ key: "k", kind: "device", label: "#1", holders: 2, joins, relation: "" });

function paths(tree: object, path = ""): string[] {
  return Object.entries(tree).flatMap(([key, value]) => (typeof value === "string" ? [path + key] : paths(value as object, `${path}${key}.`)));
}

describe("risk", () => {
  it("shows minor units to the cent, also below nothing", () => {
    expect([0, 5, 30_000, 123_456, -250].map(amount)).toEqual(["0.00", "0.05", "300.00", "1234.56", "-2.50"]);
  });

  it("has no share while nobody has judged", () => {
    expect([percent(null), percent(0), percent(2 / 3)]).toEqual([null, "0%", "67%"]);
  });

  it("speaks the reader's language", () => {
    expect([inLocale(["中", "en"], "zh-CN"), inLocale(["中", "en"], "en")]).toEqual(["中", "en"]);
  });

  it("draws one line per edge, from the middle of a row to the middle of a row, and dims those of others", () => {
    const drawn = lines({ edges: [[0, 0], [1, 0], [1, 1]], values: [shared(true), shared(false)] }, 10, 1);
    expect(drawn.map((line) => line.path)).toEqual(["M0 5C50 5 50 5 100 5", "M0 15C50 15 50 5 100 5", "M0 15C50 15 50 15 100 15"]);
    expect(drawn.map((line) => [line.joins, line.lit])).toEqual([[true, false], [true, true], [false, true]]);
  });

  it("has the same words in both languages, for every pattern, state and relation", () => {
    expect(paths(en).sort()).toEqual(paths(zh).sort());
    for (const pattern of PATTERNS) expect(zh.risk.pattern).toHaveProperty(pattern);
    for (const state of STATES) expect(zh.risk.state).toHaveProperty(state);
    for (const relation of RELATIONS) expect(zh.risk.relation).toHaveProperty(relation);
  });
});
