// What every part of the screen needs: the chat, its state, the language and where pictures come from.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Chat } from "../chat";
import type { ChatState } from "../state";
import type { Lang, Say } from "../texts";

export interface Room {
  chat: Chat;
  state: ChatState;
  lang: Lang;
  say: Say;
  origin: string;
  zoom: (url: string, alt: string) => void;
  openCase: (number: string) => void;
}

export const RoomContext = createContext<Room | null>(null);

export function useRoom(): Room {
  const room = useContext(RoomContext);
  if (!room) throw new Error("outside of the room");
  return room;
}
