/* The pure half of the rules page and of the listing check. */
import { describe, expect, it } from "vitest";
import en from "../src/locales/en.packs.ts";
import zh from "../src/locales/zh-CN.packs.ts";
import { localTime, momentOf, percentOf, simple, type Listing } from "../src/pages/listing/listing.ts";
import { at, changedAt, difference, found, GROUPS, keyParts, namesOf, shares } from "../src/pages/packs/packs.ts";

describe("packs", () => {
  it("changes one value in a copy", () => {
    const values = { no_reason: { days: 7, exchange: true }, zh: "规则" };
    const changed = changedAt(values, "no_reason.days", 10);
    expect(at(changed, "no_reason.days")).toBe(10);
    expect(at(changed, "no_reason.exchange")).toBe(true);
    expect(values.no_reason.days).toBe(7);
    expect(at(changedAt({}, "auto.kinds", ["return"]), "auto.kinds")).toEqual(["return"]);
    expect(at(values, "nothing.here")).toBeUndefined();
  });

  it("has words in both languages for every field of the form", () => {
    for (const group of GROUPS) {
      for (const locale of [zh, en]) {
        expect(locale.packs.group, group.name).toHaveProperty(group.name);
        expect(locale.packs.hint, group.name).toHaveProperty(group.name);
        for (const field of group.fields) expect(locale.packs.f, field.path).toHaveProperty(field.path.replaceAll(".", "_"));
      }
    }
  });

  it("tells a key from the owner's own name in it", () => {
    expect(keyParts("category[手机].exchange_days")).toEqual({ path: "category.exchange_days", of: "手机" });
    expect(keyParts("no_reason.days")).toEqual({ path: "no_reason.days", of: "" });
  });

  it("finds categories and keeps their places", () => {
    const categories = [{ names: ["定制"], clause: "a" }, { names: ["手机", "平板"], clause: "b" }];
    expect(found(categories, "平").map((one) => one.n)).toEqual([1]);
    expect(found(categories, "")).toHaveLength(2);
    expect(namesOf(" 手机，平板、 ,电脑 ")).toEqual(["手机", "平板", "电脑"]);
  });

  it("shares a whole and takes exact differences", () => {
    expect(shares({ allowed: 3, refused: 1 }, ["allowed", "person", "refused"]).map((part) => part.width)).toEqual([75, 0, 25]);
    expect(shares({}, ["allowed"])[0]?.width).toBe(0);
    expect(difference("0.10", "0.30")).toEqual({ minor: 20, text: "+0.20" });
    expect(difference("178.00", "77.99").text).toBe("−100.01");
  });
});

describe("listings", () => {
  it("compares with the list price and takes moments there and back", () => {
    expect(percentOf("22.25", "89.00")).toBe(25);
    expect(percentOf("22.25", undefined)).toBeNull();
    const noon = new Date(2026, 2, 12, 12, 30).getTime();
    expect(momentOf(localTime(noon))).toBe(noon);
  });

  it("lets only what is plain and another's be verified with the rest", () => {
    const one = { state: "waiting", mine: false, findings: [] } as unknown as Listing;
    expect(simple(one)).toBe(true);
    expect(simple({ ...one, mine: true })).toBe(false);
    expect(simple({ ...one, findings: [{ code: "deep", field: "price", text: "", warning: true }] })).toBe(false);
    expect(simple({ ...one, state: "draft" })).toBe(false);
  });
});
