/* Moving through the unanswered questions by keyboard. Pure. */

export type GapAction = "next" | "previous" | "open" | "dismiss";

const KEYS: Readonly<Record<string, GapAction>> = { j: "next", J: "next", ArrowDown: "next", k: "previous", K: "previous", ArrowUp: "previous", Enter: "open", x: "dismiss", X: "dismiss" };

interface Press {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing: boolean;
}

export function actionFor(press: Press): GapAction | null {
  if (press.ctrlKey || press.metaKey || press.altKey || press.isComposing) return null;
  return KEYS[press.key] ?? null;
}

/** Where one stands afterwards: never beyond either end, and nowhere in an empty list. */
export function moved(at: number, action: GapAction, count: number): number {
  if (count === 0) return -1;
  const wanted = action === "next" ? at + 1 : action === "previous" ? at - 1 : at;
  return Math.max(0, Math.min(count - 1, wanted));
}
