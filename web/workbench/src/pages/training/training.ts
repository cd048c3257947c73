/* What the training pages speak of, as the server sends it, and the words for labels. */

export const HEADS = ["intent", "emotion", "demand", "abuse", "danger"] as const;
export type Head = (typeof HEADS)[number];

export interface Run {
  id: string;
  state: "running" | "done" | "failed" | "cancelled";
  step: string;
  share: number;
  lines: number;
  held: number;
  problem: string;
  version_id: string | null;
  actor: string;
  started_at: number;
  finished_at: number | null;
}

export interface Overview {
  train: number;
  held: number;
  least: number;
  counts: Record<Head, Record<string, { train: number; held: number }>>;
  labels: Record<Head, string[]>;
  in_use: { version_id: string | null; actor: string; since: number | null };
  runs: Run[];
}

/** Low end, the figure itself, high end. */
export type Interval = [number, number, number];

interface ModelFigures {
  macro_f1: Interval;
  accuracy: Interval;
  ece: number | null;
}

export interface HeadFigures {
  lines: number;
  present: ModelFigures;
  candidate: ModelFigures;
  difference: { macro_f1: Interval; accuracy: Interval };
  verdict: Verdict;
  classes: { label: string; lines: number; present: number; candidate: number }[];
  confusions: { label: string; read_as: string; present: number; candidate: number }[];
}

export type Verdict = "better" | "unclear" | "worse" | "too_few";

export interface Version {
  id: string;
  number: number;
  lines: number;
  held: number;
  verdict: Verdict;
  compared_with: string;
  actor: string;
  made_at: number;
  figures: { heads: Partial<Record<Head, HeadFigures>>; verdict: Verdict; seconds: number };
}

export interface Line {
  id: string;
  text: string;
  before: string;
  part: "train" | "held";
  source: string;
  actor: string;
  at: number;
  intent: string | null;
  emotion: string | null;
  demand: string | null;
  abuse: string | null;
  danger: string | null;
}

export interface Asked {
  text: string;
  before: string;
  intent: string;
  intent_p: number;
  top: [string, number][];
  emotion: string;
  emotion_p: number;
  abuse: boolean;
  danger: string | null;
}

export interface Report {
  stored: boolean;
  created: number;
  updated: number;
  unchanged: number;
  problems_total: number;
  problems: { row: number; field: string; zh: string; en: string }[];
}

type Say = (key: string) => string;

/** A label in words; danger has none of its own for "none". */
export function labelName(head: Head, label: string, t: Say): string {
  if (head === "intent" || head === "emotion" || (head === "danger" && label !== "none")) return t(`${head}.${label}`);
  return t(`training.label.${head}.${label}`);
}

/** What is offered first: the model's guesses for intents, all classes where there are few. */
export function offered(head: Head, asked: Asked, labels: readonly string[]): string[] {
  return head === "intent" ? asked.top.map(([key]) => key) : [...labels];
}

/** Which label a key stands for: 1 is the first one offered. */
export function labelOfKey(key: string, choices: readonly string[]): string | null {
  return /^[1-9]$/.test(key) ? (choices[Number(key) - 1] ?? null) : null;
}

export function percent(value: number): string {
  return `${(value * 100).toFixed(1)}%`;
}

/** A difference of two shares in points, with its sign. */
export function points(value: number): string {
  return `${value > 0 ? "+" : value < 0 ? "−" : "±"}${Math.abs(value * 100).toFixed(1)}`;
}

export const VERDICT_TONE: Record<Verdict, string> = { better: "good", unclear: "info", worse: "now", too_few: "soon" };
