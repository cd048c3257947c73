import { describe, expect, it } from "vitest";
import { Outbox, sendFrame, type Entry } from "../src/outbox";
import { MemoryShelf } from "../src/storage";

function entry(id: string, more: Partial<Entry> = {}): Entry {
  return { id, kind: "text", text: `words of ${id}`, ref: "", at: `2026-01-01T00:00:0${id.length}.000Z`, conversation: "", ...more };
}

describe("the outbox", () => {
  it("finds everything again after a reload, in the order it was said", () => {
    const shelf = new MemoryShelf();
    const before = new Outbox(shelf, "shop:guest:");
    before.add(entry("a"));
    before.add(entry("bb"));
    before.place("a", "conversation-1");
    const after = new Outbox(shelf, "shop:guest:");
    expect(after.all().map((e) => e.id)).toEqual(["a", "bb"]);
    expect(after.all()[0]?.conversation).toBe("conversation-1");
  });

  it("forgets an entry on the device once it is acknowledged", () => {
    const shelf = new MemoryShelf();
    const outbox = new Outbox(shelf, "x:");
    outbox.add(entry("a"));
    expect(outbox.remove("a")?.id).toBe("a");
    expect(outbox.remove("a")).toBeUndefined();
    expect(shelf.keys("x:")).toEqual([]);
  });

  it("passes over what failed until the customer asks to try again", () => {
    const outbox = new Outbox(new MemoryShelf(), "x:");
    outbox.add(entry("a"));
    outbox.add(entry("bb"));
    outbox.fail("a", "too long");
    expect(outbox.next()?.id).toBe("bb");
    outbox.retry("a");
    expect(outbox.next()?.id).toBe("a");
    expect(outbox.next()).not.toHaveProperty("failed");
  });

  it("never shows one person's words to another on the same device", () => {
    const shelf = new MemoryShelf();
    const outbox = new Outbox(shelf, "shop:C1:");
    outbox.add(entry("a"));
    outbox.switchTo("shop:C2:");
    expect(outbox.all()).toEqual([]);
    outbox.switchTo("shop:C1:");
    expect(outbox.all()).toHaveLength(1);
  });

  it("takes a visitor's unsent words along when they sign in", () => {
    const shelf = new MemoryShelf();
    const outbox = new Outbox(shelf, "shop:guest:");
    outbox.add(entry("a"));
    outbox.moveTo("shop:C1:");
    expect(outbox.all().map((e) => e.id)).toEqual(["a"]);
    expect(shelf.keys("shop:guest:")).toEqual([]);
  });

  it("survives a damaged entry on the device", () => {
    const shelf = new MemoryShelf();
    shelf.set("x:bad", "{not json");
    shelf.set("x:null", "null");
    expect(new Outbox(shelf, "x:").all()).toEqual([]);
  });
});

describe("the frame of an entry", () => {
  it("is the same every time it is sent", () => {
    const one = entry("a");
    expect(sendFrame(one)).toEqual({ t: "send", id: "a", text: "words of a" });
    expect(sendFrame({ ...one, conversation: "c" })).toEqual(sendFrame(one));
  });

  it("names the order, product or file", () => {
    expect(sendFrame(entry("a", { kind: "order", ref: "XX1", text: "" }))).toEqual({ t: "send", id: "a", kind: "order", order: "XX1" });
    expect(sendFrame(entry("a", { kind: "product", ref: "p1", text: "" }))).toEqual({ t: "send", id: "a", kind: "product", product: "p1" });
    expect(sendFrame(entry("a", { kind: "image", ref: "f1", text: "" }))).toEqual({ t: "send", id: "a", kind: "image", file: "f1" });
  });
});
