// Launcher and window together, and what connects them to the page around: opening, closing, phone keyboards, the unread badge, the sound.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Chat } from "../chat";
import type { Shelf } from "../storage";
import { tint } from "../format";
import { unread, type ChatState } from "../state";
import { speaker, type Lang } from "../texts";
import { chime } from "../chime";
import { Icon } from "./icons";
import { Panel } from "./Panel";

export interface AppProps {
  chat: Chat;
  shelf: Shelf;
  lang: Lang;
  page: boolean;
  host: HTMLElement;
  /** The page's own script opens and closes through this. */
  door: { open: (show: boolean) => void };
}

const SOUND = "xinfu:sound";

export function App({ chat, shelf, lang, page, host, door }: AppProps) {
  const [state, setState] = useState<ChatState>(chat.state);
  const [open, setOpen] = useState(page);
  const [built, setBuilt] = useState(page);
  const [focus, setFocus] = useState(0);
  const [sound, setSound] = useState(shelf.get(SOUND) === "1");
  const launcher = useRef<HTMLButtonElement>(null);
  const say = speaker(lang);
  const waiting = unread(state);

  useEffect(() => chat.subscribe(setState), [chat]);

  useEffect(() => {
    if (!sound) return undefined;
    return chat.subscribe((now, event) => {
      if (event.t === "msg" && event.from !== "customer" && now.ready && event.seq > now.seen) chime();
    });
  }, [chat, sound]);

  door.open = (show) => {
    if (page) return;
    setOpen(show);
    if (show) {
      setBuilt(true);
      chat.enter();
      setFocus(focus + 1);
    }
  };

  const wasOpen = useRef(open);
  useEffect(() => {
    if (wasOpen.current && !open) launcher.current?.focus();
    wasOpen.current = open;
  }, [open]);

  useColours(host, state.shop?.colour);
  usePhone(host, open && !page);

  function toggleSound(): void {
    shelf.set(SOUND, sound ? "0" : "1");
    setSound(!sound);
    if (!sound) chime();
  }

  return (
    <>
      {!page && (
        <button
          ref={launcher}
          type="button"
          class={`launcher${open ? " away" : ""}`}
          aria-expanded={open}
          aria-label={waiting > 0 ? say("open_unread", { n: waiting }) : say("open")}
          onClick={() => door.open(true)}
        >
          <Icon name="chat" />
          <span class="launcher-word">{say("title")}</span>
          {waiting > 0 && (
            <span class="badge figures" aria-hidden="true">
              {waiting > 99 ? "99+" : waiting}
            </span>
          )}
        </button>
      )}
      {built && (
        <Panel
          room={{ chat, state, lang, say, origin: chat.origin }}
          page={page}
          visible={open}
          sound={sound}
          focus={focus}
          onSound={toggleSound}
          onClose={() => door.open(false)}
        />
      )}
    </>
  );
}

/** The shop's colour on what can be tapped, in words that stay readable on it. */
function useColours(host: HTMLElement, colour: string | undefined): void {
  useLayoutEffect(() => {
    const found = tint(colour, host.dataset["theme"] === "dark");
    const names = { "--shop": found?.solid, "--on-shop": found?.on, "--shop-soft": found?.soft };
    for (const [name, value] of Object.entries(names)) {
      if (value) host.style.setProperty(name, value);
      else host.style.removeProperty(name);
    }
  }, [host, colour, host.dataset["theme"]]);
}

/** On a phone the window is the whole screen: the page behind stays still and the keyboard pushes nothing out of sight. */
function usePhone(host: HTMLElement, open: boolean): void {
  useEffect(() => {
    const view = window.visualViewport;
    if (!open || !matchMedia("(max-width: 520px), (max-height: 520px)").matches) return undefined;
    const root = document.documentElement;
    const before = root.style.overflow;
    root.style.overflow = "hidden";
    const fit = (): void => {
      if (!view) return;
      host.style.setProperty("--screen", `${view.height}px`);
      host.style.setProperty("--above", `${view.offsetTop}px`);
    };
    fit();
    view?.addEventListener("resize", fit);
    view?.addEventListener("scroll", fit);
    return () => {
      root.style.overflow = before;
      view?.removeEventListener("resize", fit);
      view?.removeEventListener("scroll", fit);
      host.style.removeProperty("--screen");
      host.style.removeProperty("--above");
    };
  }, [host, open]);
}
