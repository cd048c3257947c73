/* The small language of moods: one shape and one colour each, the same everywhere. */
import type { Emotion } from "@xinfu/shared/types";

interface Sign {
  path: string;
  colour: string;
  /** Where the mood stands on a conversation's curve, -1 (bad) to 1 (good). */
  weight: number;
}

export const signs: Record<Emotion, Sign> = {
  calm: { path: "M8 4.8a3.2 3.2 0 1 0 .01 0z", colour: "var(--ink-2)", weight: 0 },
  happiness: { path: "M4.5 10c.6-3 1.8-4.3 3.5-4.3s2.9 1.3 3.5 4.3", colour: "var(--celadon)", weight: 1 },
  confusion: { path: "M5.8 6.3c.1-3.3 4.6-3 4.6-.5 0 1.7-2.3 1.8-2.3 3.8M8.1 12h.01", colour: "var(--indigo)", weight: -0.3 },
  worry: { path: "M3.8 9.2c1.4-3 2.7-3 4.2-1.2s2.8 1.8 4.2-1.2", colour: "var(--amber)", weight: -0.5 },
  anxiety: { path: "M4.2 5l3 3-3 3M8.5 5l3 3-3 3", colour: "var(--amber)", weight: -0.7 },
  loss: { path: "M4.5 6.2c.6 3 1.8 4.3 3.5 4.3s2.9-1.3 3.5-4.3", colour: "var(--indigo)", weight: -0.6 },
  anger: { path: "M8 4l4.3 7.5H3.7z", colour: "var(--cinnabar)", weight: -1 },
};

/** Order of the indexes in Summary.curve. */
export const EMOTIONS: readonly Emotion[] = ["calm", "happiness", "confusion", "worry", "anxiety", "loss", "anger"];

/** The conversation's mood over its last customer messages, each -1..1. */
export function curvePoints(curve: readonly number[]): number[] {
  return curve.map((value) => {
    const emotion = EMOTIONS[Math.floor(value / 4)] ?? "calm";
    return signs[emotion].weight * ((1 + (value % 4)) / 4);
  });
}
