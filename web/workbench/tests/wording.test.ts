/* What is marked before it goes to a customer. */
import { fitted, renamed } from "@xinfu/shared/picture.ts";
import { expect, test } from "vitest";
import { pieces, unwelcome } from "../src/text/wording.ts";

const marked = (text: string): string[] => unwelcome(text).map((one) => `${one.kind}:${text.slice(one.start, one.end)}`);

test("words that should not be said are found where they stand", () => {
  expect(marked("这款是全网最低，您加我微信吧")).toEqual(["absolute:全网最低", "elsewhere:加我微信"]);
  expect(marked("这不归我管，你去投诉吧")).toEqual(["cold:不归我管", "cold:你去投诉吧"]);
  expect(marked("麻烦把验证码发我一下")).toEqual(["secret:把验证码"]);
  expect(marked("That is NOT MY PROBLEM")).toEqual(["cold:NOT MY PROBLEM"]);
});

test("ordinary kind words are left alone", () => {
  for (const text of ["您好，最晚明天发货", "验证码请不要告诉任何人", "我帮您看看微信支付的记录", "最好在阴凉处保存", "这是我们的问题，给您添麻烦了", "第一次使用前请清洗", "退款会原路退回银行卡"]) expect(marked(text), text).toEqual([]);
});

test("the pieces put together are the text", () => {
  const text = "您放心，绝对安全！\n滚吧";
  expect(pieces(text, unwelcome(text)).map((one) => one.text).join("")).toBe(text);
  expect(pieces(text, unwelcome(text)).filter((one) => one.kind).map((one) => one.text)).toEqual(["绝对安全", "滚吧"]);
  expect(pieces("", [])).toEqual([]);
});

test("a picture keeps its shape when it is made smaller and is never made larger", () => {
  expect(fitted(4096, 3072)).toEqual({ width: 2048, height: 1536 });
  expect(fitted(1000, 8000)).toEqual({ width: 256, height: 2048 });
  expect(fitted(800, 600)).toEqual({ width: 800, height: 600 });
  expect(renamed("IMG_1.HEIC", "image/jpeg")).toBe("IMG_1.jpg");
  expect(renamed("截图", "image/webp")).toBe("截图.webp");
});
