/* The wire of the staff's socket: keeps it open, knows the cursor, resumes after a break, and hands every frame on in order.
   What the frames mean is decided by the stores. */
import type { ClientFrame, ServerFrame } from "./frames.ts";

export type Link = "connecting" | "open" | "waiting" | "closed";

export interface Wire {
  readyState: number;
  send(text: string): void;
  close(code?: number): void;
  onopen: ((event: Event) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onerror: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
}

export interface SocketHooks {
  connect: () => Wire;
  onFrame: (frame: ServerFrame) => void;
  /** `fresh`: the stream starts anew (first connection or the cursor was too old), what was fetched before may be stale. */
  onReady: (fresh: boolean) => void;
  onLink: (link: Link) => void;
  /** The session is over: signing in again is the only way on. */
  onSignedOut: () => void;
  random?: () => number;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 20_000;
const PING_MS = 25_000;
const SILENCE_MS = 60_000;

/** Full jitter between half and the whole of an exponentially growing pause, so that a thousand desks do not return at once. */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
  return Math.round(ceiling / 2 + (ceiling / 2) * random());
}

export class StaffSocket {
  private wire: Wire | null = null;
  private cursor = "";
  private attempt = 0;
  private ready = false;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private pingTimer: ReturnType<typeof setInterval> | undefined;
  private heardAt = 0;

  constructor(private readonly hooks: SocketHooks) {}

  start(): void {
    clearTimeout(this.retryTimer);
    if (this.wire) return;
    this.hooks.onLink("connecting");
    const wire = this.hooks.connect();
    this.wire = wire;
    wire.onmessage = (event) => this.hear(wire, String(event.data));
    wire.onclose = (event) => this.lost(wire, event.code);
    wire.onerror = () => undefined;
  }

  stop(): void {
    clearTimeout(this.retryTimer);
    clearInterval(this.pingTimer);
    const wire = this.wire;
    this.wire = null;
    this.ready = false;
    this.cursor = "";
    wire?.close();
    this.hooks.onLink("closed");
  }

  /** Try again now: the browser says the network is back, or the person pressed the button. */
  retryNow(): void {
    if (!this.wire) {
      this.attempt = 0;
      this.start();
    }
  }

  /** The browser says the network is gone: waiting for the socket to notice would cost a minute of words sent into the void. */
  networkGone(): void {
    const wire = this.wire;
    if (!wire) return;
    this.lost(wire, 1006);
    wire.close();
  }

  /** False when the frame could not be handed to an open, resumed socket; the caller keeps it and sends it on onReady. */
  send(frame: ClientFrame): boolean {
    if (!this.wire || !this.ready) return false;
    this.wire.send(JSON.stringify(frame));
    return true;
  }

  private hear(wire: Wire, text: string): void {
    if (wire !== this.wire) return;
    this.heardAt = Date.now();
    this.take(JSON.parse(text) as ServerFrame);
  }

  private take(frame: ServerFrame): void {
    switch (frame.t) {
      case "batch":
        frame.f.forEach((inner) => this.take(inner));
        return;
      case "hello":
        this.greet(frame.cur);
        break;
      case "ev":
        this.cursor = frame.cur;
        break;
      case "resumed":
        this.cursor = frame.cur;
        this.becomeReady(false);
        break;
      case "reset":
        this.cursor = frame.cur;
        this.becomeReady(true);
        break;
    }
    this.hooks.onFrame(frame);
  }

  private greet(cursor: string): void {
    this.attempt = 0;
    this.keepAlive();
    if (this.cursor === "") {
      this.cursor = cursor;
      this.becomeReady(true);
    } else {
      this.wire?.send(JSON.stringify({ t: "resume", after: this.cursor }));
    }
  }

  private becomeReady(fresh: boolean): void {
    this.ready = true;
    this.hooks.onLink("open");
    this.hooks.onReady(fresh);
  }

  private keepAlive(): void {
    clearInterval(this.pingTimer);
    this.pingTimer = setInterval(() => {
      // A half-open connection never says that it is gone.
      if (Date.now() - this.heardAt > SILENCE_MS) this.wire?.close(4000);
      else this.wire?.send('{"t":"ping"}');
    }, PING_MS);
  }

  private lost(wire: Wire, code: number): void {
    if (wire !== this.wire) return;
    this.wire = null;
    this.ready = false;
    clearInterval(this.pingTimer);
    if (code === 4401 || code === 4403) {
      this.hooks.onLink("closed");
      this.hooks.onSignedOut();
      return;
    }
    this.hooks.onLink("waiting");
    this.retryTimer = setTimeout(() => this.start(), retryDelay(this.attempt, this.hooks.random));
    this.attempt += 1;
  }
}
