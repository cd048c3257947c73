// Where the customer writes: text, pictures and files; the three things always one tap away stand above it.

import { useEffect, useRef, useState } from "preact/hooks";
import { TEXT_LIMIT } from "../frames";
import { useRoom } from "./context";
import { Icon, type IconName } from "./icons";

export function Composer({ onOrders, onCases, sendFiles, focus }: { onOrders: () => void; onCases: () => void; sendFiles: (files: Iterable<File>) => void; focus: number }) {
  const { chat, say } = useRoom();
  const [text, setText] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const over = text.length - TEXT_LIMIT;

  useEffect(() => {
    if (focus > 0) field.current?.focus({ preventScroll: true });
  }, [focus]);

  useEffect(() => {
    const at = field.current;
    if (!at) return;
    at.style.height = "auto";
    at.style.height = `${Math.min(at.scrollHeight, 120)}px`;
  }, [text]);

  function submit(): void {
    if (!text.trim() || over > 0) return;
    chat.sendText(text.trim());
    setText("");
    field.current?.focus({ preventScroll: true });
  }

  function keyed(event: KeyboardEvent): void {
    // Enter that picks a word in a Chinese input method is not meant for us; 229 is how older browsers say so.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  }

  function pasted(event: ClipboardEvent): void {
    const files = event.clipboardData?.files;
    if (!files?.length) return;
    event.preventDefault();
    sendFiles(files);
  }

  return (
    <div class="composer">
      <Quick onOrders={onOrders} onCases={onCases} />
      <form
        class="write"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <textarea
          ref={field}
          rows={1}
          value={text}
          placeholder={say("write")}
          aria-label={say("write")}
          aria-invalid={over > 0}
          enterkeyhint="send"
          onInput={(event) => {
            setText(event.currentTarget.value);
            if (event.currentTarget.value) chat.typing(Date.now());
          }}
          onKeyDown={keyed}
          onPaste={pasted}
        />
        <div class="tools">
          <Picker icon="image" label={say("add_image")} accept="image/*" send={sendFiles} />
          <Picker icon="file" label={say("add_file")} send={sendFiles} />
          <Picker icon="camera" label={say("camera")} accept="image/*" camera send={sendFiles} />
          <button type="submit" class="send" aria-label={say("send")} title={say("send")} disabled={!text.trim() || over > 0}>
            <Icon name="send" />
          </button>
        </div>
      </form>
      {over > 0 && (
        <p class="over" role="alert">
          {say("too_long", { n: over })}
        </p>
      )}
    </div>
  );
}

function Quick({ onOrders, onCases }: { onOrders: () => void; onCases: () => void }) {
  const { chat, state, say } = useRoom();
  const waiting = state.mode === "queued" || state.humanAsked;
  const here = state.mode === "agent";
  return (
    <div class="quick">
      <button type="button" class={`chip human${here ? " here" : ""}`} disabled={waiting || here} onClick={() => chat.askForHuman()}>
        <Icon name={here ? "check" : "person"} />
        {say(here ? "human_here" : waiting ? "human_asked" : "human")}
      </button>
      <button type="button" class="chip" onClick={onOrders}>
        <Icon name="bag" />
        {say("my_orders")}
      </button>
      <button type="button" class="chip" onClick={onCases}>
        <Icon name="parcel" />
        {say("my_cases")}
      </button>
      {state.messages.length > 0 && state.rating === "none" && (
        <button type="button" class="chip" onClick={() => chat.offerRating(true)}>
          <Icon name="star" />
          {say("rate")}
        </button>
      )}
    </div>
  );
}

interface PickerProps {
  icon: IconName;
  label: string;
  accept?: string;
  camera?: boolean;
  send: (files: Iterable<File>) => void;
}

function Picker({ icon, label, accept, camera, send }: PickerProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class={`tool${camera ? " camera" : ""}`} aria-label={label} title={label} onClick={() => input.current?.click()}>
        <Icon name={icon} />
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple={!camera}
        accept={accept}
        capture={camera ? "environment" : undefined}
        onChange={(event) => {
          send(Array.from(event.currentTarget.files ?? []));
          event.currentTarget.value = "";
        }}
      />
    </>
  );
}
