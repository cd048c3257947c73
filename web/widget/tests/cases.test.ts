import { expect, test } from "vitest";
import { actBody, wayOf } from "../src/cases";

const path = [
  { state: "open", text: "待处理", reached: true },
  { state: "awaiting_goods", text: "待寄回", reached: true },
  { state: "refunding", text: "退款中", reached: false },
];

test("the way marks where a case stands", () => {
  expect(wayOf({ path, state: "awaiting_goods", state_text: "待寄回" }).map((stop) => stop.at)).toEqual(["past", "now", "ahead"]);
});

test("a case off its way ends with the state it is in, after what it came through", () => {
  const way = wayOf({ path, state: "declined", state_text: "已拒绝" });
  expect(way.map((stop) => stop.text)).toEqual(["待处理", "待寄回", "已拒绝"]);
  expect(way[way.length - 1]?.at).toBe("now");
});

test("nothing is sent while something needed is missing", () => {
  expect(actBody("appeal", "  ", "", "", [])).toBeNull();
  expect(actBody("parcel", "", "示例快递", " ", [])).toBeNull();
  expect(actBody("photos", "看", "", "", [])).toBeNull();
});

test("what is sent is trimmed", () => {
  expect(actBody("appeal", " 请再看看 ", "", "", [])).toEqual({ words: "请再看看" });
  expect(actBody("parcel", "", " 示例快递 ", "T123 ", [])).toEqual({ carrier: "示例快递", tracking_no: "T123" });
  expect(actBody("withdraw", "", "", "", [])).toEqual({});
});
