/* Whatever the centre writes down has words in the audit list, in both languages. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import en from "../src/locales/en.ts";
import zh from "../src/locales/zh-CN.ts";
import { actionWords } from "../src/pages/audit/actions.ts";

const root = join(import.meta.dirname, "../../../src/xinfu");
const code = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".py")).map((name) => readFileSync(join(root, name), "utf8")).join("\n");
/** Every string given to audit.record as what was done: whole, or with a hole where it is put together. */
const written = [...code.matchAll(/\baudit\.record\(([\s\S]{0,160}?)(f?)"([a-z_]+\.[a-z_{}.]+)"/g)].map((found) => ({ name: found[3] ?? "", whole: !found[2] }));

function look(tree: object, key: string): unknown {
  return key.split(".").reduce<unknown>((at, part) => (typeof at === "object" && at !== null ? (at as Record<string, unknown>)[part] : undefined), tree);
}

test("there is something to look at", () => {
  expect(written.length).toBeGreaterThan(25);
});

for (const [language, words] of [["zh-CN", zh], ["en", en]] as const) {
  test(`every action has words in ${language}`, () => {
    const te = (key: string): boolean => typeof look(words, key) === "string";
    const say = (key: string): string => String(look(words, key));
    const bare = written.filter(({ name, whole }) => {
      const said = actionWords(name, say, te);
      return whole ? said === name || said.includes(" · ") : said === name;
    });
    expect(bare.map(({ name }) => name)).toEqual([]);
  });
}
