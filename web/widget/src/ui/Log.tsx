// The conversation as it scrolls: earlier ones above, new ones below, and the reader is never moved away from what they are reading.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { day, moment } from "../format";
import type { Message } from "../frames";
import { unread } from "../state";
import { Line, UploadLine, Waiting } from "./bubbles";
import { useRoom } from "./context";
import { Icon } from "./icons";

const NEAR_END_PX = 60;
const NEAR_TOP_PX = 40;
const PAUSE_MS = 5 * 60_000;

export function Log({ visible }: { visible: boolean }) {
  const { state, chat, say } = useRoom();
  const box = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const held = useRef({ height: 0, top: 0, stick: true, earlier: 0 });
  const earlier = state.history.items.length;

  useLayoutEffect(() => {
    const at = box.current;
    if (!at) return;
    // Earlier conversations were put on top: keep the line under the reader's eyes where it is.
    if (earlier !== held.current.earlier && !held.current.stick) at.scrollTop = held.current.top + (at.scrollHeight - held.current.height);
    else if (held.current.stick) at.scrollTop = at.scrollHeight;
    held.current = { ...held.current, height: at.scrollHeight, top: at.scrollTop, earlier };
  });

  // Pictures and the keyboard change the size of things after they were drawn.
  useEffect(() => {
    const at = box.current;
    if (!at || typeof ResizeObserver === "undefined") return undefined;
    const observer = new ResizeObserver(() => held.current.stick && (at.scrollTop = at.scrollHeight));
    observer.observe(at);
    if (at.firstElementChild) observer.observe(at.firstElementChild);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (visible && atEnd && document.visibilityState === "visible") chat.see();
  });

  function scrolled(): void {
    const at = box.current;
    if (!at) return;
    const end = at.scrollHeight - at.scrollTop - at.clientHeight < NEAR_END_PX;
    held.current = { ...held.current, stick: end, top: at.scrollTop, height: at.scrollHeight };
    setAtEnd(end);
    if (at.scrollTop < NEAR_TOP_PX && !end) void chat.loadHistory();
  }

  function toEnd(): void {
    held.current.stick = true;
    setAtEnd(true);
    box.current?.scrollTo(0, box.current.scrollHeight);
  }

  return (
    <div class="log-frame">
      <div class="log" ref={box} onScroll={scrolled} role="log" aria-label={say("messages")} aria-live="polite" aria-relevant="additions" tabIndex={0}>
        <div class="log-inner">
          <Earlier />
          {state.shop?.welcome && !state.messages.some((m) => m.text === state.shop?.welcome) && (
            <div class="line ai first">
              <div class="bubble">{state.shop.welcome}</div>
            </div>
          )}
          <Messages messages={state.messages} live />
          {state.outbox.map((entry, i) => (
            <Waiting key={entry.id} entry={entry} first={i === 0} />
          ))}
          {state.uploads.map((upload, i) => (
            <UploadLine key={upload.id} upload={upload} first={i === 0} />
          ))}
          {state.typing && <Typing />}
          {state.rating === "done" && (
            <p class="system" role="status">
              {say("rating_done")}
            </p>
          )}
          {!state.ready && state.link !== "stopped" && state.messages.length === 0 && (
            <p class="system" role="status">
              {say("ready_soon")}
            </p>
          )}
        </div>
      </div>
      {!atEnd && (
        <button type="button" class="to-end" onClick={toEnd}>
          <Icon name="down" />
          {say(unread(state) > 0 ? "new_below" : "latest")}
        </button>
      )}
    </div>
  );
}

function Earlier() {
  const { state, chat, say, lang } = useRoom();
  const { history } = state;
  return (
    <>
      {state.ready && history.next !== null && (
        <button type="button" class="text-button earlier" onClick={() => void chat.loadHistory()} disabled={history.loading}>
          {say(history.loading ? "earlier_loading" : history.failed ? "earlier_failed" : "earlier_more")}
        </button>
      )}
      {history.items.map((item) => (
        <section key={item.conversation} class="past">
          <p class="divider">
            {say("earlier")} · {day(new Date(item.messages[0]?.at ?? 0), lang, false)}
          </p>
          <Messages messages={item.messages} live={false} />
        </section>
      ))}
      {history.items.length > 0 && <p class="divider">{say("today_from")}</p>}
    </>
  );
}

function Messages({ messages, live }: { messages: Message[]; live: boolean }) {
  const { state, say, lang } = useRoom();
  const own = messages.filter((message) => message.from === "customer");
  const lastOwn = own[own.length - 1]?.seq;
  const last = messages[messages.length - 1];
  return (
    <>
      {messages.map((message, i) => {
        const before = messages[i - 1];
        const pause = !before || Date.parse(message.at) - Date.parse(before.at) > PAUSE_MS;
        const mark = live && message.seq === lastOwn ? say(state.staffRead >= message.seq ? "read" : "sent") : "";
        return (
          <div key={message.seq}>
            {pause && <p class="system time">{moment(message.at, lang, say)}</p>}
            <Line
              message={message}
              first={pause || before?.from !== message.from || before.name !== message.name}
              mark={mark}
              last={live && message === last && state.outbox.length === 0}
            />
          </div>
        );
      })}
    </>
  );
}

function Typing() {
  const { state, say } = useRoom();
  const name = state.agent || say(state.mode === "agent" ? "someone" : "ai");
  return (
    <div class="line ai first" aria-hidden="true">
      <div class="bubble typing" title={`${name} ${say("typing")}`}>
        <i />
        <i />
        <i />
      </div>
    </div>
  );
}
