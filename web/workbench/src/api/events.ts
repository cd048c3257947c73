/* Server-sent events out of a stream of text. Pure: pieces may be cut anywhere. */
export interface ServerEvent {
  event: string;
  data: string;
}

/** Feed it what arrives; it gives back the events that are complete. */
export function eventReader(): (piece: string) => ServerEvent[] {
  let rest = "";
  return (piece) => {
    const blocks = (rest + piece).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop() ?? "";
    return blocks.map(asEvent).filter((one) => one.data !== "");
  };
}

function asEvent(block: string): ServerEvent {
  const found: ServerEvent = { event: "message", data: "" };
  for (const line of block.split("\n")) {
    const [name, value] = [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).replace(/^ /, "")];
    if (name === "event") found.event = value;
    else if (name === "data") found.data += (found.data ? "\n" : "") + value;
  }
  return found;
}
