import { describe, expect, it } from "vitest";
import { readHistory } from "../src/api";
import { linkify, money, options, safeUrl, tint } from "../src/format";
import { parseFrame } from "../src/frames";
import { patience } from "../src/link";
import { LANGUAGES } from "../src/texts";

describe("a frame from the wire", () => {
  it("becomes a typed message", () => {
    const text = '{"t":"msg","seq":3,"from":"ai","name":"小心","kind":"text","text":"好","at":"2026-01-01T00:00:00.000Z","data":{"choices":["退货"]}}';
    expect(parseFrame(text)).toMatchObject({ t: "msg", seq: 3, from: "ai", data: { choices: ["退货"] } });
  });

  it.each(["", "{", "null", "[]", "7", '{"t":"nonsense"}', '{"t":"msg"}', '{"t":"msg","seq":0,"from":"ai"}', '{"t":"ack","id":"a","seq":"1"}', '{"t":"state","state":"x"}'])(
    "is ignored when it makes no sense: %s",
    (text) => {
      expect(parseFrame(text)).toBeNull();
    },
  );

  it("shows a kind of message that is newer than this widget as its text", () => {
    expect(parseFrame('{"t":"msg","seq":1,"from":"agent","kind":"hologram","text":"看这里"}')).toMatchObject({ kind: "text", text: "看这里" });
  });

  it("keeps an unknown waiting time unknown", () => {
    expect(parseFrame('{"t":"queue","position":2,"eta_s":null}')).toEqual({ t: "queue", position: 2, eta_s: null });
  });
});

describe("a page of history", () => {
  it("is grouped by conversation", () => {
    const message = (conversation_id: string, seq: number) => ({ conversation_id, seq, from: "ai", text: "x" });
    const found = readHistory([message("a", 1), message("a", 2), message("b", 1)]);
    expect(found.map((item) => [item.conversation, item.messages.length])).toEqual([
      ["a", 2],
      ["b", 1],
    ]);
  });
});

describe("patience between tries", () => {
  it("doubles up to half a minute and is never none", () => {
    for (let tries = 0; tries < 40; tries++) {
      const most = patience(tries, () => 1);
      const least = patience(tries, () => 0);
      expect(most).toBeLessThanOrEqual(30_000);
      expect(least).toBeGreaterThanOrEqual(250);
      expect(least).toBe(most / 2);
    }
    expect(patience(3, () => 1)).toBe(2 * patience(2, () => 1));
  });
});

describe("what comes from outside", () => {
  it("never becomes an address that runs", () => {
    for (const url of ["javascript:alert(1)", "data:text/html,x", " JaVaScRiPt:x", "vbscript:x"]) expect(safeUrl(url, "https://centre.example")).toBe("");
    expect(safeUrl("/api/v1/files/1?sig=2", "https://centre.example")).toBe("https://centre.example/api/v1/files/1?sig=2");
  });

  it("is cut into words and web addresses without losing a character", () => {
    const text = "看 https://example.com/a?b=1。还有 javascript:x 和 http://example.org/x_y";
    const pieces = linkify(text);
    expect(pieces.map((piece) => piece.text).join("")).toBe(text);
    expect(pieces.filter((piece) => piece.href).map((piece) => piece.href)).toEqual(["https://example.com/a?b=1", "http://example.org/x_y"]);
  });

  it("shows sums and options as people write them", () => {
    expect(money("1299.00", "CNY")).toBe("¥1,299.00");
    expect(money("12.50", "USD")).toBe("$12.50");
    expect(options([["颜色", "黑"], ["尺码", "M"]])).toBe("黑 · M");
    expect(options({ 规格: "L" })).toBe("L");
    expect(options(undefined)).toBe("");
  });

  it("puts readable words on any colour of a shop and ignores what is none", () => {
    expect(tint("#C5412B", false)?.on).toBe("#ffffff");
    expect(tint("#FFE14D", false)?.on).toBe("#1f2328");
    expect(tint("red;background:url(x)", false)).toBeNull();
  });
});

describe("the texts", () => {
  it("have the same gaps to fill in both languages", () => {
    const gaps = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const [key, zh] of Object.entries(LANGUAGES["zh-CN"])) expect([key, gaps(LANGUAGES.en[key as keyof typeof LANGUAGES.en])]).toEqual([key, gaps(zh)]);
  });

  it("use full-width punctuation in Chinese", () => {
    for (const text of Object.values(LANGUAGES["zh-CN"])) expect(text).not.toMatch(/[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]/);
  });
});
