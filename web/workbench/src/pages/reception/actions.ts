/* Everything that can be done to a conversation, decided once: the header's buttons, the menu and the command palette show the same. */
import type { Summary } from "@xinfu/shared/types";
import { ref } from "vue";
import type { IconName } from "../../components/icons.ts";
import type { Command } from "../../stores/commands.ts";
import type { useDesk } from "../../stores/desk.ts";
import type { useSession } from "../../stores/session.ts";
import { useToasts } from "../../stores/toasts.ts";

export type DialogName = "transfer" | "consult" | "close" | "whisper" | "tags" | "answer" | "spare";

/** The dialog that is open over the chat; set from buttons, keys and the palette alike. */
export const dialog = ref<DialogName | "">("");

export interface Action extends Command {
  icon: IconName;
  primary?: boolean;
}

type Desk = ReturnType<typeof useDesk>;
type Session = ReturnType<typeof useSession>;
type Translate = (key: string) => string;

export function conversationActions(c: Summary, desk: Desk, session: Session, t: Translate): Action[] {
  const me = session.me?.id ?? "";
  const mine = c.state === "agent" && c.assignee_id === me;
  const lead = session.can("conversations.lead");
  const serve = session.can("conversations.serve");
  const open = (name: DialogName) => (): void => void (dialog.value = name);
  const make = (key: string, icon: IconName, run: () => void, primary = false): Action => ({ id: `c.${key}`, label: t(`action.${key}`), icon, run, primary });
  const list: [boolean, Action][] = [
    [serve && c.state === "queued", make("accept", "check", () => void desk.act(c.id, "accept"), true)],
    [lead && c.state !== "closed" && !mine, make("takeover", "takeover", () => void desk.act(c.id, "takeover"), c.state === "agent")],
    [mine, make("transfer", "transfer", open("transfer"))],
    [mine, make("consult", "at", open("consult"))],
    [lead && c.consulting !== null && (c.consulting === me || c.consulting === ""), make("answer", "whisper", open("answer"), true)],
    [lead && c.state === "agent" && !mine, make("whisper", "whisper", open("whisper"))],
    [c.state !== "closed" && (mine || lead), make("tags", "tag", open("tags"))],
    [mine || (lead && c.state !== "closed"), make("close", "check", open("close"))],
    [c.state === "closed" && serve, make("reopen", "undo", () => void desk.act(c.id, "reopen"), true)],
    [mine && !c.rating_asked && !c.spared, make("ask_rating", "smile", () => void askRating(c.id, desk, t))],
    [mine && !c.spared && c.rating === null, make("spare", "smile", open("spare"))],
  ];
  return list.filter(([shown]) => shown).map(([, action]) => action);
}

async function askRating(id: string, desk: Desk, t: Translate): Promise<void> {
  if (await desk.act(id, "ask-rating")) useToasts().good(t("action.rating_asked"));
}
