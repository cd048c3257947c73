/* What changed between two texts, for reading: whole lines first, then words inside the lines that changed. Chinese has no spaces, so there each character is a word. Pure. */

export interface Piece {
  kind: "same" | "added" | "removed";
  text: string;
}

/** Beyond so many comparisons a block is shown as taken out and written anew: nobody reads such a mosaic. */
const MOST = 1_000_000;
const WORD = /[\p{Script=Latin}\p{N}]+|\s+|[^\s]/gu;

export function compared(before: string, after: string): Piece[] {
  const lines = aligned(cutLines(before), cutLines(after));
  const found: Piece[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const [one, two] = [lines[at], lines[at + 1]];
    if (one?.kind === "removed" && two?.kind === "added") {
      found.push(...calm(aligned(one.text.match(WORD) ?? [], two.text.match(WORD) ?? [])));
      at += 1;
    } else if (one) found.push(one);
  }
  return joined(found);
}

function cutLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** The longest common run of tokens stays, the rest is taken out or added; what is equal at both ends costs nothing. */
function aligned(before: readonly string[], after: readonly string[]): Piece[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const middle = inBetween(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return joined([...kept(before.slice(0, start)), ...middle, ...kept(before.slice(before.length - end))]);
}

function inBetween(before: readonly string[], after: readonly string[]): Piece[] {
  if (before.length * after.length > MOST) return [{ kind: "removed", text: before.join("") }, { kind: "added", text: after.join("") }];
  const width = after.length + 1;
  const longest = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i -= 1) {
    for (let j = after.length - 1; j >= 0; j -= 1) {
      const here = i * width + j;
      longest[here] = before[i] === after[j] ? (longest[here + width + 1] ?? 0) + 1 : Math.max(longest[here + width] ?? 0, longest[here + 1] ?? 0);
    }
  }
  const found: Piece[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const here = i * width + j;
    if (i < before.length && j < after.length && before[i] === after[j]) {
      found.push({ kind: "same", text: before[i] ?? "" });
      i += 1;
      j += 1;
    } else if (i < before.length && (j === after.length || (longest[here + width] ?? 0) >= (longest[here + 1] ?? 0))) {
      found.push({ kind: "removed", text: before[i] ?? "" });
      i += 1;
    } else {
      found.push({ kind: "added", text: after[j] ?? "" });
      j += 1;
    }
  }
  return found;
}

function kept(tokens: readonly string[]): Piece[] {
  return tokens.length ? [{ kind: "same", text: tokens.join("") }] : [];
}

/** Lines that share next to nothing read better as one out and one in than as confetti. */
function calm(pieces: Piece[]): Piece[] {
  const length = (kind: Piece["kind"]): number => pieces.filter((one) => one.kind === kind).reduce((sum, one) => sum + one.text.trim().length, 0);
  const same = length("same");
  if (same * 3 >= Math.max(length("removed"), length("added")) + same) return pieces;
  const side = (kind: Piece["kind"]): string => pieces.filter((one) => one.kind === "same" || one.kind === kind).map((one) => one.text).join("");
  return [{ kind: "removed", text: side("removed") }, { kind: "added", text: side("added") }];
}

/** Neighbours of one kind become one; between two things that stay, what went comes before what came. */
function joined(pieces: readonly Piece[]): Piece[] {
  const found: Piece[] = [];
  let [removed, added] = ["", ""];
  const settle = (): void => {
    if (removed) found.push({ kind: "removed", text: removed });
    if (added) found.push({ kind: "added", text: added });
    [removed, added] = ["", ""];
  };
  for (const piece of pieces) {
    if (piece.kind === "removed") removed += piece.text;
    else if (piece.kind === "added") added += piece.text;
    else {
      settle();
      const last = found.at(-1);
      if (last?.kind === "same") found[found.length - 1] = { kind: "same", text: last.text + piece.text };
      else found.push({ ...piece });
    }
  }
  settle();
  return found;
}

export interface Excerpt extends Piece {
  /** Something that stayed was left out before this. */
  cut: boolean;
}

/** What changed with a little of what stands around it; long runs that stayed are left out in the middle. */
export function shortened(pieces: readonly Piece[], around = 60): Excerpt[] {
  return pieces.flatMap((piece, at): Excerpt[] => {
    const head = at === 0 ? 0 : around;
    const tail = at === pieces.length - 1 ? 0 : around;
    if (piece.kind !== "same" || pieces.length === 1 || piece.text.length <= head + tail + 20) return [{ ...piece, cut: false }];
    const parts: Excerpt[] = [];
    if (head) parts.push({ kind: "same", text: piece.text.slice(0, head), cut: false });
    parts.push({ kind: "same", text: tail ? piece.text.slice(-tail) : "", cut: true });
    return parts;
  });
}
