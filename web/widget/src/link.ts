// One socket that stays up: opens, notices when the other side is gone, and opens again with patience.

import { parseFrame, type ClientFrame, type ServerFrame } from "./frames";

export interface LinkEvents {
  up(): void;
  frame(frame: ServerFrame): void;
  /** Down, and trying again by itself. */
  down(): void;
  /** Down for good: the centre asked us to stay away. */
  stopped(): void;
}

const TOKEN_INVALID = 4401;
const TOO_SLOW = 4408;
const ABUSE = 4429;
const PING_EVERY_MS = 25_000;
const ANSWER_WITHIN_MS = 10_000;
const LONGEST_WAIT_MS = 30_000;

/** How long to wait before try n (from 0): doubling from half a second to 30 s, at random so that a thousand customers do not return at once. */
export function patience(tries: number, random: () => number): number {
  const most = Math.min(LONGEST_WAIT_MS, 500 * 2 ** tries);
  return most / 2 + (random() * most) / 2;
}

export class Link {
  private socket: WebSocket | null = null;
  private tries = 0;
  private timer = 0;
  private beat = 0;
  private overdue = 0;
  private wanted = false;
  private address = "";
  /** Rises when the link is stopped: whatever was begun before no longer counts. */
  private turn = 0;
  private dialling = false;

  /** `dial` gives the address to open, with a fresh token when `renew` is true; it may fail and is then asked again later. */
  constructor(
    private readonly dial: (renew: boolean) => Promise<string>,
    private readonly events: LinkEvents,
    private readonly random: () => number = Math.random,
  ) {}

  start(): void {
    if (this.wanted) return;
    this.wanted = true;
    void this.open();
  }

  stop(): void {
    this.wanted = false;
    this.turn++;
    this.dialling = false;
    this.address = "";
    this.tries = 0;
    clearTimeout(this.timer);
    this.drop();
  }

  /** The network is back, or the customer is: no reason to wait any longer. */
  hurry(): void {
    if (!this.wanted) return;
    if (this.socket) {
      // A phone that slept may hold a socket whose other end is long gone.
      if (this.socket.readyState === 1) this.check();
      return;
    }
    this.tries = 0;
    clearTimeout(this.timer);
    void this.open();
  }

  /** Something was not answered in time: take the socket for dead although nobody said so. */
  suspect(): void {
    if (this.socket) this.closed(0);
  }

  /** False when nothing was sent because there is no open socket. */
  send(frame: ClientFrame): boolean {
    if (this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private async open(): Promise<void> {
    if (this.socket || this.dialling) return;
    const turn = this.turn;
    this.dialling = true;
    try {
      const address = await this.dial(this.address === "");
      if (turn !== this.turn) return;
      this.address = address;
      this.dialling = false;
    } catch {
      if (turn !== this.turn) return;
      this.dialling = false;
      this.events.down();
      this.again();
      return;
    }
    const socket = new WebSocket(this.address);
    this.socket = socket;
    this.overdue = window.setTimeout(() => this.closed(0), ANSWER_WITHIN_MS);
    socket.onopen = () => {
      clearTimeout(this.overdue);
      this.keepAlive();
      this.events.up();
    };
    socket.onmessage = (event) => {
      clearTimeout(this.overdue);
      const frame = typeof event.data === "string" ? parseFrame(event.data) : null;
      if (frame?.t === "resumed") this.tries = 0;
      if (frame) this.events.frame(frame);
    };
    socket.onclose = (event) => this.socket === socket && this.closed(event.code);
  }

  private closed(code: number): void {
    this.drop();
    if (!this.wanted) return;
    if (code === ABUSE) {
      this.wanted = false;
      this.events.stopped();
      return;
    }
    if (code === TOKEN_INVALID) this.address = "";
    if (code === TOO_SLOW) this.tries = 0;
    this.events.down();
    this.again();
  }

  private again(): void {
    if (!this.wanted) return;
    // A token that never opened a socket may have been refused before the upgrade, where no close code can be seen.
    if (this.tries >= 2) this.address = "";
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.open(), patience(this.tries++, this.random));
  }

  private keepAlive(): void {
    this.beat = window.setInterval(() => this.check(), PING_EVERY_MS);
  }

  private check(): void {
    this.send({ t: "ping" });
    clearTimeout(this.overdue);
    this.overdue = window.setTimeout(() => this.closed(0), ANSWER_WITHIN_MS);
  }

  private drop(): void {
    clearInterval(this.beat);
    clearTimeout(this.overdue);
    const socket = this.socket;
    this.socket = null;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }
}
