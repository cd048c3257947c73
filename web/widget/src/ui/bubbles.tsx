// One message, one still unsent message, one upload: the lines of the conversation.

import type { ComponentChildren } from "preact";
import { fileSize, linkify } from "../format";
import type { Message } from "../frames";
import type { Entry } from "../outbox";
import type { Upload } from "../state";
import { FileView, OrderView, PictureView, ProductView } from "./cards";
import { CaseCard } from "./cases";
import { useRoom } from "./context";
import { Icon } from "./icons";

export function Line({ message, first, mark, last }: { message: Message; first: boolean; mark: string; last: boolean }) {
  const { say } = useRoom();
  if (message.from === "system" && message.data?.case) return <CaseCard mark={message.data.case} text={message.text} />;
  if (message.from === "system") return <p class="system">{message.text}</p>;
  const mine = message.from === "customer";
  const name = message.name || say(message.from === "ai" ? "ai" : "someone");
  return (
    <div class={`line ${mine ? "mine" : message.from}${first ? " first" : ""}`}>
      {first && !mine && (
        <span class="who">
          {name}
          {message.from === "ai" && <span class="mark">{say("ai_mark")}</span>}
        </span>
      )}
      {mine && <span class="hidden">{say("you")}</span>}
      <Content message={message} last={last} />
      {mark && <span class="state">{mark}</span>}
    </div>
  );
}

function Content({ message, last }: { message: Message; last: boolean }) {
  const { say, chat } = useRoom();
  const { data, kind, text } = message;
  if (kind === "image" && data?.file) {
    return (
      <>
        <PictureView file={data.file} alt={text || data.file.name || say("image")} />
        {text && <Words text={text} />}
      </>
    );
  }
  if (kind === "file" && data?.file) return <FileView file={data.file} />;
  if (kind === "order" && data?.order) return <OrderView order={data.order} />;
  if (kind === "product") return data?.product ? <ProductView product={data.product} /> : <Words text={text || say("product_sent")} />;
  if (kind === "orders" && data?.orders) {
    return (
      <>
        {text && <Words text={text} />}
        <div class="orders" role="group" aria-label={say("which_order")}>
          {data.orders.map((order) => (
            <OrderView key={order.no} order={order} onPick={(picked) => chat.sendOrder(picked)} />
          ))}
        </div>
      </>
    );
  }
  const choices = last && data?.choices ? data.choices : [];
  return (
    <>
      <Words text={text} />
      {choices.length > 0 && (
        <div class="choices">
          {choices.map((choice) => (
            <button key={choice} type="button" class="chip" onClick={() => chat.sendText(choice)}>
              {choice}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

function Words({ text }: { text: string }) {
  return (
    <div class="bubble">
      {linkify(text).map((piece, i) =>
        piece.href ? (
          <a key={i} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </div>
  );
}

export function Waiting({ entry, first }: { entry: Entry; first: boolean }) {
  const { say, state, chat } = useRoom();
  const message: Message = { seq: 0, from: "customer", name: "", kind: entry.kind, text: entry.text, at: entry.at, ...(entry.data ? { data: entry.data } : {}) };
  return (
    <div class={`line mine waiting${first ? " first" : ""}${entry.failed ? " failed" : ""}`}>
      <span class="hidden">{say("you")}</span>
      <Content message={message} last={false} />
      {entry.failed ? (
        <Failed why={entry.failed} onRetry={() => chat.retry(entry.id)} onDiscard={() => chat.discard(entry.id)} />
      ) : (
        <span class="state">
          <span class="spinner" aria-hidden="true" />
          {say(state.link === "live" ? "pending" : "kept")}
        </span>
      )}
    </div>
  );
}

export function UploadLine({ upload, first }: { upload: Upload; first: boolean }) {
  const { say, chat } = useRoom();
  const percent = Math.round(upload.progress * 100);
  return (
    <div class={`line mine waiting${first ? " first" : ""}${upload.failed ? " failed" : ""}`}>
      <div class="card file">
        {upload.preview ? <img class="thumb" src={upload.preview} alt="" /> : <Icon name="file" />}
        <span>
          <span class="clamp">{upload.name}</span>
          <small class="figures">{fileSize(upload.size)}</small>
        </span>
      </div>
      {upload.failed ? (
        <Failed why={why(upload.failed, say)} onRetry={() => void chat.retryUpload(upload.id)} onDiscard={() => chat.discardUpload(upload.id)} />
      ) : (
        <>
          <progress max={100} value={percent} aria-label={say("uploading", { n: percent })} />
          <span class="state figures">
            {say("uploading", { n: percent })}
            <TextButton onClick={() => chat.discardUpload(upload.id)}>{say("discard")}</TextButton>
          </span>
        </>
      )}
    </div>
  );
}

function why(failed: string, say: ReturnType<typeof useRoom>["say"]): string {
  if (failed === "too_big") return say("file_too_big");
  return failed === "failed" ? say("upload_failed") : failed;
}

function Failed({ why, onRetry, onDiscard }: { why: string; onRetry: () => void; onDiscard: () => void }) {
  const { say } = useRoom();
  return (
    <span class="state bad" role="alert">
      {say("failed")} · {why}
      <TextButton onClick={onRetry}>{say("retry")}</TextButton>
      <TextButton onClick={onDiscard}>{say("discard")}</TextButton>
    </span>
  );
}

export function TextButton({ onClick, children }: { onClick: () => void; children: ComponentChildren }) {
  return (
    <button type="button" class="text-button" onClick={onClick}>
      {children}
    </button>
  );
}
