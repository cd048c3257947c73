// Orders, products, pictures and files as the customer sees and taps them.

import type { FileCard, OrderCard, ProductCard } from "../frames";
import { day, fileSize, money, options, safeUrl } from "../format";
import type { TextKey } from "../texts";
import { useRoom } from "./context";
import { Icon } from "./icons";

const STEPS: [TextKey, string[]][] = [
  ["step_paid", ["paid"]],
  ["step_packed", ["packed"]],
  ["step_shipped", ["shipped"]],
  ["step_delivery", ["out_for_delivery"]],
  ["step_done", ["delivered", "completed"]],
];

/** How far an order on its way has come; nothing for one that is over, was not paid, was cancelled or came back. */
function Steps({ status }: { status: string }) {
  const { say } = useRoom();
  const at = STEPS.findIndex(([, states]) => states.includes(status));
  if (at < 0 || at === STEPS.length - 1) return null;
  return (
    <ol class="steps" aria-label={say((STEPS[at] as [TextKey, string[]])[0])}>
      {STEPS.map(([key], i) => (
        <li key={key} class={i < at ? "past" : i === at ? "now" : ""} aria-current={i === at ? "step" : undefined}>
          {say(key)}
        </li>
      ))}
    </ol>
  );
}

export function OrderView({ order, onPick }: { order: OrderCard; onPick?: (order: OrderCard) => void }) {
  const { say, lang } = useRoom();
  const lines = order.lines ?? [];
  const first = lines[0];
  const count = lines.reduce((sum, line) => sum + line.quantity, 0);
  const body = (
    <>
      <span class="order-head">
        <span class="figures">{say("order_no", { no: order.no })}</span>
        <b class={`status status-${order.status}`}>{order.status_text}</b>
      </span>
      <span class="order-body">
        <Thumb image={first?.image} name={first?.name ?? ""} />
        <span class="order-lines">
          <span class="clamp">{first?.name}</span>
          <small>{options(first?.options)}</small>
          <small class="figures">
            {order.gift && <span class="gift">{say("gift")}</span>}
            {day(new Date(order.placed_at), lang, false)} · {say("order_count", { n: count })} · <b>{money(order.total, order.currency)}</b>
          </small>
        </span>
      </span>
      <Steps status={order.status} />
    </>
  );
  if (!onPick) return <div class="card order">{body}</div>;
  return (
    <button type="button" class="card order pick" onClick={() => onPick(order)} aria-label={`${say("this_order")} ${order.no} ${order.status_text} ${first?.name ?? ""}`}>
      {body}
    </button>
  );
}

export function ProductView({ product }: { product: ProductCard }) {
  return (
    <div class="card product">
      <Thumb image={product.image} name={product.name} />
      <span class="order-lines">
        <span class="clamp">{product.name}</span>
        {product.summary && <small class="clamp">{product.summary}</small>}
        <b class="price figures">{money(product.price, product.currency)}</b>
      </span>
    </div>
  );
}

export function PictureView({ file, alt }: { file: FileCard; alt: string }) {
  const { origin, zoom, say } = useRoom();
  const url = safeUrl(file.url, origin);
  // The place is kept while the picture loads, so that nothing jumps.
  const ratio = file.width && file.height ? file.width / file.height : 4 / 3;
  const width = Math.min(220, Math.max(96, ratio * 200));
  return (
    <button type="button" class="picture" style={{ width: `${width}px`, height: `${width / Math.max(ratio, 0.4)}px` }} onClick={() => zoom(url, alt)} aria-label={say("zoom")}>
      {url && <img src={url} alt={alt} loading="lazy" decoding="async" referrerpolicy="no-referrer" />}
    </button>
  );
}

export function FileView({ file }: { file: FileCard }) {
  const { origin } = useRoom();
  const url = safeUrl(file.url, origin);
  return (
    <a class="card file" href={url || undefined} target="_blank" rel="noopener noreferrer" download={file.name}>
      <Icon name="file" />
      <span>
        <span class="clamp">{file.name}</span>
        <small class="figures">{fileSize(file.size)}</small>
      </span>
    </a>
  );
}

function Thumb({ image, name }: { image: string | undefined; name: string }) {
  const { origin } = useRoom();
  const url = safeUrl(image, origin);
  if (url) return <img class="thumb" src={url} alt="" loading="lazy" decoding="async" referrerpolicy="no-referrer" onError={hide} />;
  return (
    <span class="thumb" aria-hidden="true">
      {name.slice(0, 1)}
    </span>
  );
}

function hide(event: Event): void {
  (event.currentTarget as HTMLElement).style.visibility = "hidden";
}
