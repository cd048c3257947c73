// The few things that are asked of the customer: a rating, a message outside hours, which order.

import { useEffect, useRef, useState } from "preact/hooks";
import type { OrderCard } from "../frames";
import type { TextKey } from "../texts";
import { TextButton } from "./bubbles";
import { OrderView } from "./cards";
import { useRoom } from "./context";
import { Face, Icon } from "./icons";

/** One tap is enough and is sent at once; words and tags can follow. */
export function Rating() {
  const { state, chat, say } = useRoom();
  const [score, setScore] = useState(0);
  const [tags, setTags] = useState<string[]>([]);
  const [text, setText] = useState("");
  if (state.rating === "done") return null;
  const offered = score > 0 ? say(score >= 4 ? "tags_good" : "tags_bad").split("|") : [];
  return (
    <section class="sheet-card rating" aria-label={say("rating_title")}>
      <h2>{say(state.rating === "scored" ? "rating_thanks" : "rating_title")}</h2>
      <div class="faces" role="radiogroup" aria-label={say("rating_title")}>
        {[1, 2, 3, 4, 5].map((n) => (
          <button
            key={n}
            type="button"
            role="radio"
            aria-checked={score === n}
            onClick={() => {
              setScore(n);
              setTags([]);
              chat.rate(n, [], "", false);
            }}
          >
            <Face score={n} />
            <small>{say(`rating_${n}` as TextKey)}</small>
          </button>
        ))}
      </div>
      {state.rating === "scored" && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            chat.rate(score, tags, text.trim(), true);
          }}
        >
          <div class="choices">
            {offered.map((tag) => (
              <button
                key={tag}
                type="button"
                class="chip"
                aria-pressed={tags.includes(tag)}
                onClick={() => setTags(tags.includes(tag) ? tags.filter((other) => other !== tag) : [...tags, tag])}
              >
                {tag}
              </button>
            ))}
          </div>
          <input type="text" maxLength={500} value={text} placeholder={say("rating_words")} aria-label={say("rating_words")} onInput={(event) => setText(event.currentTarget.value)} />
          <div class="row">
            <TextButton onClick={() => chat.endRating()}>{say("skip")}</TextButton>
            <button type="submit" class="primary">
              {say("rating_send")}
            </button>
          </div>
        </form>
      )}
      {state.rating === "asked" && <TextButton onClick={() => chat.offerRating(false)}>{say("skip")}</TextButton>}
    </section>
  );
}

export function LeaveMessage() {
  const { state, chat, say } = useRoom();
  const [contact, setContact] = useState("");
  const [text, setText] = useState("");
  const [bad, setBad] = useState(false);
  if (state.leftMessage) {
    return (
      <p class="sheet-card done" role="status">
        <Icon name="check" />
        {say("leave_done")}
      </p>
    );
  }
  return (
    <form
      class="sheet-card"
      aria-label={say("leave_title")}
      onSubmit={(event) => {
        event.preventDefault();
        const reachable = /\d{5,}|\S+@\S+\.\S+/.test(contact.replace(/[\s-]/g, ""));
        setBad(!reachable);
        if (reachable && text.trim()) chat.leaveMessage(contact.trim(), text.trim());
      }}
    >
      <h2>{say("leave_title")}</h2>
      <p>{say("leave_hint")}</p>
      <input
        type="text"
        value={contact}
        required
        maxLength={120}
        autocomplete="tel"
        placeholder={say("leave_contact")}
        aria-label={say("leave_contact")}
        aria-invalid={bad}
        onInput={(event) => setContact(event.currentTarget.value)}
      />
      {bad && (
        <p class="bad" role="alert">
          {say("leave_contact_bad")}
        </p>
      )}
      <textarea rows={2} value={text} required maxLength={1000} placeholder={say("leave_text")} aria-label={say("leave_text")} onInput={(event) => setText(event.currentTarget.value)} />
      <div class="row">
        <button type="submit" class="primary" disabled={!contact.trim() || !text.trim()}>
          {say("leave_send")}
        </button>
      </div>
    </form>
  );
}

export function Orders({ onClose }: { onClose: () => void }) {
  const { chat, say } = useRoom();
  const [orders, setOrders] = useState<OrderCard[] | null | "failed">(null);
  const [tries, setTries] = useState(0);
  const close = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    close.current?.focus();
    chat.orders().then(setOrders, () => setOrders("failed"));
  }, [tries]);

  return (
    <section class="drawer" aria-label={say("my_orders")}>
      <header>
        <h2>{say("orders_title")}</h2>
        <button ref={close} type="button" class="tool" aria-label={say("close")} title={say("close")} onClick={onClose}>
          <Icon name="cross" />
        </button>
      </header>
      <div class="orders">
        {orders === null && [0, 1, 2].map((n) => <div key={n} class="card skeleton" aria-hidden="true" />)}
        {orders === "failed" && (
          <p class="empty" role="alert">
            {say("orders_failed")}
            <TextButton onClick={() => setTries(tries + 1)}>{say("retry")}</TextButton>
          </p>
        )}
        {Array.isArray(orders) && orders.length === 0 && <p class="empty">{say("orders_none")}</p>}
        {Array.isArray(orders) &&
          orders.map((order) => (
            <OrderView
              key={order.no}
              order={order}
              onPick={(picked) => {
                chat.sendOrder(picked);
                onClose();
              }}
            />
          ))}
      </div>
    </section>
  );
}
