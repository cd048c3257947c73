/* The list: who needs me most stands first, and nothing moves while I type. */
import { expect, test } from "vitest";
import { byNeed, inView, keepPlaces, replyClock } from "../src/pages/reception/order.ts";
import { aConversation, ME } from "./build.ts";

const limits = { first_response_s: 15, round_response_s: 30 };

test("danger first, then the longest wait, then the latest word", () => {
  const list = [
    aConversation({ id: "quiet", last_at: 90 }),
    aConversation({ id: "waits", waiting_since: 50 }),
    aConversation({ id: "waits longer", waiting_since: 10 }),
    aConversation({ id: "danger", priority: 2 }),
    aConversation({ id: "older", last_at: 20 }),
  ];
  expect(list.sort(byNeed).map((one) => one.id)).toEqual(["danger", "waits longer", "waits", "quiet", "older"]);
});

test("two that need me equally keep one order", () => {
  const [a, b] = [aConversation({ id: "a" }), aConversation({ id: "b" })];
  expect([b, a].sort(byNeed)).toEqual([a, b].sort(byNeed));
});

test("while I type rows keep their places, new ones come last, gone ones go", () => {
  expect(keepPlaces(["a", "b", "c"], ["d", "c", "a"])).toEqual(["a", "c", "d"]);
});

test("mine is what I answer, the queue is who waits for a person", () => {
  expect(inView(aConversation(), "mine", ME)).toBe(true);
  expect(inView(aConversation({ assignee_id: "other" }), "mine", ME)).toBe(false);
  expect(inView(aConversation({ state: "queued" }), "queue", ME)).toBe(true);
  expect(inView(aConversation({ state: "closed" }), "all", ME)).toBe(false);
});

test("the clock runs against the first limit before the first answer and against the round limit after it", () => {
  const waiting = aConversation({ waiting_since: 0 });
  expect(replyClock(waiting, 7000, limits)?.tone).toBe("calm");
  expect(replyClock(waiting, 8000, limits)?.tone).toBe("soon");
  expect(replyClock(waiting, 15_000, limits)?.tone).toBe("late");
  expect(replyClock({ ...waiting, first_response_ms: 4000 }, 15_000, limits)?.tone).toBe("soon");
});

test("nobody waits for a person when all is answered, with the AI, or closed", () => {
  expect(replyClock(aConversation(), 9000, limits)).toBeNull();
  expect(replyClock(aConversation({ waiting_since: 1, state: "ai" }), 9000, limits)).toBeNull();
  expect(replyClock(aConversation({ waiting_since: 1, state: "closed" }), 9000, limits)).toBeNull();
});
