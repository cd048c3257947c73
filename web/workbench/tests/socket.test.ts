/* The wire: nothing is sent before the stream is whole, and after a break it goes on from the last cursor. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ServerFrame } from "../src/realtime/frames.ts";
import { retryDelay, StaffSocket, type Link, type Wire } from "../src/realtime/socket.ts";

class FakeWire implements Wire {
  readyState = 1;
  sent: unknown[] = [];
  onopen = null;
  onerror = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(code = 1000): void {
    this.onclose?.({ code } as CloseEvent);
  }
  tell(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) } as MessageEvent);
  }
}

let wires: FakeWire[];
let links: Link[];
let fresh: boolean[];
let heard: ServerFrame[];
let signedOut: number;
let socket: StaffSocket;
const wire = (): FakeWire => wires.at(-1)!;
const hello: ServerFrame = { t: "hello", cur: "10", me: "me" };
const typing = (n: number): ServerFrame => ({ t: "typing", conversation_id: `c${n}` });
const gone: ServerFrame = { t: "ev", cur: "12", kind: "offer_gone", conversation_id: "c1" };

beforeEach(() => {
  vi.useFakeTimers();
  [wires, links, fresh, heard, signedOut] = [[], [], [], [], 0];
  socket = new StaffSocket({
    connect: () => (wires.push(new FakeWire()), wire()),
    onFrame: (frame) => heard.push(frame),
    onReady: (isFresh) => fresh.push(isFresh),
    onLink: (link) => links.push(link),
    onSignedOut: () => (signedOut += 1),
    random: () => 1,
  });
  socket.start();
});
afterEach(() => {
  socket.stop();
  vi.useRealTimers();
});

test("before the hello nothing can be sent; after it everything can", () => {
  expect(socket.send({ t: "ping" })).toBe(false);
  wire().tell(hello);
  expect(fresh).toEqual([true]);
  expect(socket.send({ t: "ping" })).toBe(true);
});

test("after a break it resumes at the last cursor and holds back until the server has caught us up", () => {
  wire().tell(hello);
  wire().tell(gone);
  wire().close(1006);
  expect(socket.send({ t: "typing" })).toBe(false);
  vi.runOnlyPendingTimers();
  wire().tell({ ...hello, cur: "99" } as ServerFrame);
  expect(wire().sent).toEqual([{ t: "resume", after: "12" }]);
  expect(socket.send({ t: "typing" })).toBe(false);
  wire().tell({ t: "resumed", cur: "15" });
  expect(fresh).toEqual([true, false]);
  expect(socket.send({ t: "typing" })).toBe(true);
});

test("a cursor that is too old starts the stream anew", () => {
  wire().tell(hello);
  wire().close(1001);
  vi.runOnlyPendingTimers();
  wire().tell(hello);
  wire().tell({ t: "reset", cur: "50" });
  expect(fresh).toEqual([true, true]);
});

test("a batch is heard in order, frame by frame", () => {
  wire().tell(hello);
  wire().tell({ t: "batch", f: [typing(1), { t: "batch", f: [typing(2)] }, typing(3)] });
  expect(heard.slice(1)).toEqual([typing(1), typing(2), typing(3)]);
});

test("when the session is over it does not come back by itself", () => {
  wire().tell(hello);
  wire().close(4401);
  vi.runOnlyPendingTimers();
  expect(wires).toHaveLength(1);
  expect(signedOut).toBe(1);
});

test("a line that has gone silent is given up and taken up again", () => {
  wire().tell(hello);
  vi.advanceTimersByTime(80_000);
  expect(links).toContain("waiting");
  vi.runOnlyPendingTimers();
  expect(wires.length).toBeGreaterThan(1);
});

test("when the browser says the network is gone, nothing more is sent into the void", () => {
  wire().tell(hello);
  socket.networkGone();
  expect(socket.send({ t: "ping" })).toBe(false);
  expect(links.at(-1)).toBe("waiting");
  vi.runOnlyPendingTimers();
  expect(wires).toHaveLength(2);
});

test("a late word from a wire already given up is not heard", () => {
  wire().tell(hello);
  const old = wire();
  old.close(1006);
  heard = [];
  old.tell(gone);
  expect(heard).toEqual([]);
});

describe("the pause before the next try", () => {
  test("grows, has a ceiling, and is spread over its upper half", () => {
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const ceiling = Math.min(20_000, 500 * 2 ** attempt);
      expect(retryDelay(attempt, () => 0)).toBe(ceiling / 2);
      expect(retryDelay(attempt, () => 1)).toBe(ceiling);
    }
  });
});
