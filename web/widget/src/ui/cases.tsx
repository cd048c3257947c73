// After-sales as the customer follows it: a card in the chat, the list, and one case with its steps and what may be done.

import { useEffect, useRef, useState } from "preact/hooks";
import { actBody, wayOf, type CaseAct, type CaseMark, type CaseView } from "../cases";
import { moment, money, safeUrl } from "../format";
import type { FileCard } from "../frames";
import { Refused } from "../api";
import { useRoom } from "./context";
import { Icon } from "./icons";

export function CaseCard({ mark, text }: { mark: CaseMark; text: string }) {
  const { say, openCase } = useRoom();
  const at = text.indexOf(mark.number);
  // The number stands above already.
  const told = at < 0 ? text : text.slice(at + mark.number.length).replace(/^[：:]\s*/, "");
  return (
    <button type="button" class="card case pick" onClick={() => openCase(mark.number)}>
      <span class="order-head">
        <span class="figures">{say("case_no", { no: mark.number })}</span>
        <b class="status">{mark.state_text}</b>
      </span>
      <span>{told}</span>
      <span class="more">{say("case_look")}</span>
    </button>
  );
}

export function Cases({ number, onClose }: { number: string; onClose: () => void }) {
  const { chat, say, state } = useRoom();
  const [list, setList] = useState<CaseView[] | null | "failed">(null);
  const [shown, setShown] = useState(number);
  const [tries, setTries] = useState(0);
  const close = useRef<HTMLButtonElement>(null);
  const one = Array.isArray(list) ? (list.find((item) => item.number === shown) ?? (list.length === 1 ? list[0] : undefined)) : undefined;

  const told = state.messages.reduce((seq, message) => (message.data?.case ? message.seq : seq), 0);

  useEffect(() => close.current?.focus(), []);
  useEffect(() => {
    // Each step of a case is told in the chat: then what is shown here is read again, and stays when that fails.
    chat.cases().then(setList, () => setList((now) => (Array.isArray(now) ? now : "failed")));
  }, [tries, told]);

  function changed(now: CaseView): void {
    if (Array.isArray(list)) setList(list.map((item) => (item.number === now.number ? now : item)));
  }

  return (
    <section class="drawer" aria-label={say("my_cases")}>
      <header>
        {one && Array.isArray(list) && list.length > 1 && (
          <button type="button" class="text-button" onClick={() => setShown("")}>
            {say("cases_all")}
          </button>
        )}
        <h2>{one ? one.kind_text : say("my_cases")}</h2>
        <button ref={close} type="button" class="tool" aria-label={say("close")} title={say("close")} onClick={onClose}>
          <Icon name="cross" />
        </button>
      </header>
      <div class="orders">
        {list === null && [0, 1].map((n) => <div key={n} class="card skeleton" aria-hidden="true" />)}
        {list === "failed" && (
          <p class="empty" role="alert">
            {say("cases_failed")}
            <button type="button" class="text-button" onClick={() => setTries(tries + 1)}>
              {say("retry")}
            </button>
          </p>
        )}
        {Array.isArray(list) && list.length === 0 && <p class="empty">{say("cases_none")}</p>}
        {one ? (
          <One one={one} onChanged={changed} />
        ) : (
          Array.isArray(list) && list.map((item) => <Row key={item.number} one={item} onPick={() => setShown(item.number)} />)
        )}
      </div>
    </section>
  );
}

function Row({ one, onPick }: { one: CaseView; onPick: () => void }) {
  const { say } = useRoom();
  return (
    <button type="button" class="card case pick" onClick={onPick}>
      <span class="order-head">
        <span class="figures">{say("case_no", { no: one.number })}</span>
        <b class={`status status-${one.state}`}>{one.state_text}</b>
      </span>
      <span>
        <b>{one.kind_text}</b> {one.lines[0]?.name}
      </span>
    </button>
  );
}

function One({ one, onChanged }: { one: CaseView; onChanged: (now: CaseView) => void }) {
  const { say, lang, zoom, origin } = useRoom();
  const sum = Number(one.total) > 0 ? money(one.total, one.currency) : "";
  return (
    <>
      <div class="card case">
        <span class="order-head">
          <span class="figures">{say("case_no", { no: one.number })}</span>
          <b class={`status status-${one.state}`}>{one.state_text}</b>
        </span>
        <ol class="way" aria-label={say("case_way")}>
          {wayOf(one).map((stop) => (
            <li key={stop.text} class={stop.at} aria-current={stop.at === "now" ? "step" : undefined}>
              {stop.text}
            </li>
          ))}
        </ol>
        {one.state_hint && <p class="hint">{one.state_hint}</p>}
      </div>
      <div class="card case">
        {one.lines.map((line) => (
          <span key={line.name + line.to_sku} class="sum">
            <span>
              {line.name} ×{line.quantity}
            </span>
            <span class="figures">{Number(line.amount) > 0 && money(line.amount, one.currency)}</span>
          </span>
        ))}
        {sum && (
          <span class="sum">
            <b>{say("case_total")}</b>
            <b class="figures">{sum}</b>
          </span>
        )}
        {one.parcel?.tracking_no && (
          <small class="figures">
            {one.parcel.carrier} {one.parcel.tracking_no}
          </small>
        )}
        {one.explanation.map((line) => (
          <small key={line.text} title={line.clause_text}>
            {line.text}
          </small>
        ))}
        {one.photos.length > 0 && (
          <span class="photos">
            {one.photos.map((photo) => (
              <button key={photo.id} type="button" class="picture" aria-label={say("zoom")} onClick={() => zoom(safeUrl(photo.url, origin), say("image"))}>
                <img src={safeUrl(photo.thumb, origin)} alt="" loading="lazy" referrerpolicy="no-referrer" />
              </button>
            ))}
          </span>
        )}
      </div>
      {one.appeal && (
        <p class="hint">
          {say(one.appeal.state === "open" ? "case_appeal_open" : one.appeal.state === "granted" ? "case_appeal_granted" : "case_appeal_upheld")} {one.appeal.note}
        </p>
      )}
      <Acts one={one} onChanged={onChanged} />
      <ol class="past-steps">
        {[...one.timeline].reverse().map((step) => (
          <li key={step.at + step.text}>
            <time class="figures">{moment(new Date(step.at).toISOString(), lang, say)}</time> {step.text}
          </li>
        ))}
      </ol>
    </>
  );
}

function Acts({ one, onChanged }: { one: CaseView; onChanged: (now: CaseView) => void }) {
  const { chat, say } = useRoom();
  const [act, setAct] = useState<CaseAct | null>(null);
  const [words, setWords] = useState("");
  const [carrier, setCarrier] = useState("");
  const [tracking, setTracking] = useState("");
  const [photos, setPhotos] = useState<FileCard[]>([]);
  const [failed, setFailed] = useState("");
  const [busy, setBusy] = useState(false);
  const body = act && actBody(act, words, carrier, tracking, photos);

  async function go(): Promise<void> {
    if (!act || !body) return;
    setBusy(true);
    setFailed("");
    try {
      onChanged(await chat.caseAct(one.number, act, body));
      setAct(null);
      setWords("");
      setPhotos([]);
    } catch (error) {
      setFailed((error instanceof Refused && error.detail) || say("no_shop"));
    } finally {
      setBusy(false);
    }
  }

  async function attach(files: Iterable<File>): Promise<void> {
    for (const file of files) {
      try {
        const done = await chat.attach(file);
        setPhotos((now) => [...now, done]);
      } catch {
        setFailed(say("upload_failed"));
      }
    }
  }

  if (!one.can.length) return null;
  return (
    <form
      class="acts"
      onSubmit={(event) => {
        event.preventDefault();
        void go();
      }}
    >
      <div class="choices">
        {one.can.map((name) => (
          <button key={name} type="button" class="chip" aria-pressed={act === name} onClick={() => setAct(act === name ? null : name)}>
            {say(`case_${name}`)}
          </button>
        ))}
      </div>
      {act === "parcel" && (
        <>
          <input type="text" value={carrier} maxLength={60} placeholder={say("case_carrier")} aria-label={say("case_carrier")} onInput={(event) => setCarrier(event.currentTarget.value)} />
          <input type="text" value={tracking} maxLength={60} placeholder={say("case_tracking")} aria-label={say("case_tracking")} onInput={(event) => setTracking(event.currentTarget.value)} />
        </>
      )}
      {act === "photos" && (
        <label class="chip">
          <Icon name="image" />
          {photos.length ? say("case_photos_n", { n: photos.length }) : say("add_image")}
          <input type="file" hidden multiple accept="image/*" onChange={(event) => void attach(Array.from(event.currentTarget.files ?? []))} />
        </label>
      )}
      {act && act !== "withdraw" && act !== "parcel" && (
        <textarea rows={2} value={words} maxLength={1000} placeholder={say("case_words")} aria-label={say("case_words")} onInput={(event) => setWords(event.currentTarget.value)} />
      )}
      {act === "withdraw" && <p class="hint">{say("case_withdraw_sure")}</p>}
      {failed && (
        <p class="bad" role="alert">
          {failed}
        </p>
      )}
      {act && (
        <button type="submit" class="primary" disabled={busy || !body}>
          {say(`case_${act}`)}
        </button>
      )}
    </form>
  );
}
