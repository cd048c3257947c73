/* Finding prepared words by a few letters (tk, tuikuan, 退款) and filling in what they leave open. Pure. */
import type { Script } from "@xinfu/shared/types";

/** 0: no match. Whole words beat beginnings, beginnings beat middles, letters in order come last; often used ones win a tie. */
export function scriptScore(script: Script, query: string): number {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return 1;
  const title = script.title.toLowerCase();
  const words = [title, ...script.keywords.map((word) => word.toLowerCase())];
  const latin = `${script.initials} ${script.pinyin}`.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.includes(wanted)) return 100;
  if (words.some((word) => word.startsWith(wanted))) return 90;
  if (latin.some((word) => word === wanted)) return 85;
  if (latin.some((word) => word.startsWith(wanted))) return 80;
  if (words.some((word) => word.includes(wanted))) return 70;
  if (latin.some((word) => word.includes(wanted))) return 60;
  if (script.body.toLowerCase().includes(wanted)) return 40;
  if (wanted.length > 1 && latin.some((word) => inOrder(word, wanted))) return 20;
  return 0;
}

export function findScripts(scripts: readonly Script[], query: string, limit = 8): Script[] {
  return scripts
    .map((script) => ({ script, score: scriptScore(script, query) }))
    .filter((found) => found.score > 0)
    .sort((a, b) => b.score - a.score || b.script.uses - a.script.uses || a.script.title.localeCompare(b.script.title))
    .slice(0, limit)
    .map((found) => found.script);
}

function inOrder(word: string, letters: string): boolean {
  let at = 0;
  for (const letter of word) if (letter === letters[at]) at += 1;
  return at === letters.length;
}

export type Variables = Partial<Record<"客户" | "订单号" | "物流" | "客服", string>>;

/** Fill what is known; what is not known stays visible in braces, so that nobody sends a hole. */
export function fillScript(body: string, values: Variables): string {
  return body.replace(/\{([^{}]+)\}/g, (whole, name: string) => values[name as keyof Variables] || whole);
}

export function openHoles(text: string): string[] {
  return [...text.matchAll(/\{(客户|订单号|物流|客服)\}/g)].map((found) => found[0]);
}

/** The blanks a script may have, as the server knows them. */
export const variableNames = ["客户", "订单号", "物流", "客服"] as const;
