/* Labelling by keys, and how figures are said. */
import { expect, test } from "vitest";
import { labelOfKey, offered, percent, points, type Asked } from "../src/pages/training/training.ts";

const asked: Asked = {
  text: "那个呢", before: "", intent: "stock", intent_p: 0.4, top: [["stock", 0.4], ["price", 0.3], ["coupon", 0.1]], emotion: "calm", emotion_p: 0.9, abuse: false, danger: null,
};

test("the model's guesses come first for intents, every label where there are few", () => {
  expect(offered("intent", asked, ["price", "stock", "coupon", "invoice"])).toEqual(["stock", "price", "coupon"]);
  expect(offered("abuse", asked, ["no", "yes"])).toEqual(["no", "yes"]);
});

test("a key stands for a label that is offered, or for none", () => {
  expect(labelOfKey("2", ["no", "yes"])).toBe("yes");
  expect(labelOfKey("3", ["no", "yes"])).toBeNull();
  expect(["0", "x", "12", "Enter"].map((key) => labelOfKey(key, ["no", "yes"]))).toEqual([null, null, null, null]);
});

test("shares and their changes are said in points", () => {
  expect(percent(0.7349)).toBe("73.5%");
  expect([0.021, -0.1, 0].map(points)).toEqual(["+2.1", "−10.0", "±0.0"]);
});
