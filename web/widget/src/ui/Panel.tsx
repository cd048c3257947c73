// The chat window itself: who serves, where one stands in the queue, the conversation, and the place to write.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ChatState } from "../state";
import type { Say } from "../texts";
import { Composer } from "./Composer";
import { Cases } from "./cases";
import { RoomContext, useRoom, type Room } from "./context";
import { LeaveMessage, Orders, Rating } from "./forms";
import { Icon } from "./icons";
import { Log } from "./Log";

export interface PanelProps {
  room: Omit<Room, "zoom" | "openCase">;
  page: boolean;
  visible: boolean;
  sound: boolean;
  focus: number;
  onSound: () => void;
  onClose: () => void;
}

export function Panel({ room, page, visible, sound, focus, onSound, onClose }: PanelProps) {
  const { chat, state, say } = room;
  const [zoomed, setZoomed] = useState<{ url: string; alt: string } | null>(null);
  const [orders, setOrders] = useState(false);
  const [cases, setCases] = useState<string | null>(null);
  const [dragged, setDragged] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const back = useRef<HTMLElement | null>(null);
  const [again, setAgain] = useState(0);

  const sendFiles = (files: Iterable<File>): void => {
    for (const file of files) void chat.sendFile(file);
  };

  function keyed(event: KeyboardEvent): void {
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      if (zoomed) closeZoom();
      else if (orders || cases !== null) closeDrawers();
      else if (!page) onClose();
    }
    if (event.key === "Tab" && !page) keepInside(event, box.current);
  }

  function closeZoom(): void {
    setZoomed(null);
    back.current?.focus();
  }

  function closeDrawers(): void {
    setOrders(false);
    setCases(null);
    setAgain(again + 1);
  }

  function zoom(url: string, alt: string): void {
    back.current = (box.current?.getRootNode() as ShadowRoot).activeElement as HTMLElement | null;
    setZoomed({ url, alt });
  }

  return (
    <RoomContext.Provider value={{ ...room, zoom, openCase: setCases }}>
      <div
        ref={box}
        class={`panel${page ? " page" : ""}${visible ? "" : " shut"}`}
        role={page ? "main" : "dialog"}
        aria-label={state.shop?.name ? `${state.shop.name} ${say("title")}` : say("title")}
        aria-hidden={visible ? undefined : true}
        onKeyDown={keyed}
        onDragOver={(event) => {
          event.preventDefault();
          setDragged(true);
        }}
        onDragLeave={(event) => event.currentTarget === event.target && setDragged(false)}
        onDrop={(event) => {
          event.preventDefault();
          setDragged(false);
          sendFiles(event.dataTransfer?.files ?? []);
        }}
      >
        <Header page={page} sound={sound} onSound={onSound} onClose={onClose} />
        <Banner />
        <Log visible={visible} />
        <Asked />
        <Composer onOrders={() => setOrders(true)} onCases={() => setCases("")} sendFiles={sendFiles} focus={focus + again} />
        {orders && <Orders onClose={closeDrawers} />}
        {cases !== null && <Cases key={cases} number={cases} onClose={closeDrawers} />}
        {dragged && <div class="drop">{say("drop_here")}</div>}
        {zoomed && <Zoom {...zoomed} onClose={closeZoom} />}
      </div>
    </RoomContext.Provider>
  );
}

function Header({ page, sound, onSound, onClose }: Pick<PanelProps, "page" | "sound" | "onSound" | "onClose">) {
  const { state, say } = useRoom();
  const name = state.shop?.name ?? say("title");
  return (
    <header class="head">
      <span class="avatar" aria-hidden="true">
        {name.slice(0, 1)}
      </span>
      <div class="names">
        <h1>{name}</h1>
        <p class={`serving ${state.mode}`} aria-live="polite">
          {serving(state, say)}
        </p>
      </div>
      <button type="button" class="tool" aria-pressed={sound} aria-label={say(sound ? "sound_off" : "sound_on")} title={say(sound ? "sound_off" : "sound_on")} onClick={onSound}>
        <Icon name={sound ? "bell" : "bell_off"} />
      </button>
      {!page && (
        <button type="button" class="tool" aria-label={say("close")} title={say("close")} onClick={onClose}>
          <Icon name="close" />
        </button>
      )}
    </header>
  );
}

function serving(state: ChatState, say: Say): string {
  if (!state.shop && !state.ready) return say("ready_soon");
  switch (state.mode) {
    case "ai":
      return say("serving_ai", { name: state.agent && ` ${state.agent}` });
    case "agent":
      return say("serving_agent", { name: state.agent || say("someone") });
    case "queued":
      return say(state.offline ? "queued_offline" : "queued");
    case "closed":
      return say("closed");
  }
}

/** One line at most: what stands in the way first, then where one stands. */
function Banner() {
  const { state, chat, say } = useRoom();
  const [lost, setLost] = useState(false);

  useEffect(() => {
    // A blink of the network is nobody's business; only a real loss is told.
    const timer = setTimeout(() => setLost(state.link === "waiting"), state.link === "waiting" ? 1500 : 0);
    return () => clearTimeout(timer);
  }, [state.link]);

  if (state.link === "stopped") return <Bar kind="bad">{say("stopped")}</Bar>;
  if (lost) return <Bar kind="soon">{say(state.conversation ? "offline" : "no_shop")}</Bar>;
  const wait = /^retry:(\d+)$/.exec(state.notice);
  if (wait) return <Bar kind="soon">{say("will_retry", { n: wait[1] as string })}</Bar>;
  if (state.notice) {
    return (
      <Bar kind="soon">
        {state.notice}
        <button type="button" class="text-button" onClick={() => chat.notice("")}>
          {say("dismiss")}
        </button>
      </Bar>
    );
  }
  if (state.queue && state.mode === "queued" && !state.offline) return <Bar kind="info">{queueWords(state.queue, say)}</Bar>;
  return null;
}

export function queueWords(queue: { position: number; eta_s: number | null }, say: Say): string {
  const place = queue.position <= 1 ? say("queue_next") : say("queue_ahead", { n: queue.position - 1 });
  if (queue.eta_s === null) return `${place}${say("queue_stop")}${say("queue_keep")}`;
  const eta = queue.eta_s < 60 ? say("queue_soon") : say("queue_eta", { n: Math.round(queue.eta_s / 60) });
  return `${place}${eta}${say("queue_stop")}${say("queue_keep")}`;
}

function Bar({ kind, children }: { kind: "bad" | "soon" | "info"; children: ComponentChildren }) {
  return (
    <div class={`bar ${kind}`} role="status">
      {children}
    </div>
  );
}

function Asked() {
  const { state } = useRoom();
  if (state.mode === "queued" && state.offline) return <LeaveMessage />;
  if (state.rating === "asked" || state.rating === "scored") return <Rating />;
  return null;
}

function Zoom({ url, alt, onClose }: { url: string; alt: string; onClose: () => void }) {
  const { say } = useRoom();
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => close.current?.focus(), []);
  return (
    <div class="zoom" role="dialog" aria-modal="true" aria-label={alt} onClick={onClose}>
      <img src={url} alt={alt} referrerpolicy="no-referrer" />
      <button ref={close} type="button" class="tool" aria-label={say("close")} onClick={onClose}>
        <Icon name="cross" />
      </button>
    </div>
  );
}

/** Tab goes round inside the window while it is open. */
function keepInside(event: KeyboardEvent, box: HTMLElement | null): void {
  if (!box) return;
  const scope = box.querySelector(".zoom") ?? box.querySelector(".drawer") ?? box;
  const stops = Array.from(scope.querySelectorAll<HTMLElement>("button:not(:disabled), a[href], textarea, input:not([hidden]), [tabindex='0']")).filter(
    (stop) => stop.offsetParent !== null || stop.getClientRects().length > 0,
  );
  const first = stops[0];
  const last = stops[stops.length - 1];
  const at = (box.getRootNode() as ShadowRoot).activeElement;
  if (event.shiftKey && at === first) {
    event.preventDefault();
    last?.focus();
  } else if (!event.shiftKey && at === last) {
    event.preventDefault();
    first?.focus();
  }
}
