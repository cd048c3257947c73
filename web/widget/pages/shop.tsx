// The demo shop front: somewhere for the widget to live. Goods come from the centre's public list; whoever visits can be one of the demo customers.

import { render } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { money, safeUrl } from "../src/format";
import type {} from "../src/main"; // window.Xinfu
import { chooseLang, type Lang } from "../src/texts";
import { SHOP_TEXTS } from "./texts";

interface Goods {
  id: string;
  name: string;
  price: string;
  currency: string;
  image: string;
  summary: string;
  category: string;
}

interface Person {
  name: string;
  note?: string;
  identity_token: string;
}

const slug = decodeURIComponent(location.pathname.split("/")[2] || "demo");
const lang: Lang = chooseLang(new URLSearchParams(location.search).get("lang"), navigator.language);
const words = SHOP_TEXTS[lang];
const WHO = `shop:${slug}:who`;

function Shop() {
  const [goods, setGoods] = useState<Goods[] | null | "failed">(null);
  const [people, setPeople] = useState<Person[]>([]);
  const [who, setWho] = useState(sessionStorage.getItem(WHO) ?? "");
  const [name, setName] = useState(words.shop);
  const [category, setCategory] = useState("");
  const [search, setSearch] = useState("");

  useEffect(() => {
    get<{ items: Goods[] }>(`/api/v1/widget/products?shop=${encodeURIComponent(slug)}`).then(
      (got) => setGoods(got.items),
      () => setGoods("failed"),
    );
    get<{ name: string }>(`/api/v1/widget/config?shop=${encodeURIComponent(slug)}`).then(
      (shop) => setName(shop.name),
      () => undefined,
    );
    // Who is signed in must be known before the widget starts, or it would greet a stranger first.
    get<Person[] | { items: Person[] }>("/api/v1/demo/identities")
      .then(
        (got) => (Array.isArray(got) ? got : got.items),
        () => [],
      )
      .then((found) => {
        setPeople(found);
        loadWidget(found.find((person) => person.name === sessionStorage.getItem(WHO))?.identity_token ?? "");
      });
  }, []);

  useEffect(() => {
    document.title = name;
  }, [name]);

  const all = Array.isArray(goods) ? goods : [];
  const categories = useMemo(() => [...new Set(all.map((item) => item.category))], [goods]);
  const shown = all.filter(
    (item) => (!category || item.category === category) && `${item.name}${item.summary}`.toLowerCase().includes(search.trim().toLowerCase()),
  );

  function become(person: string): void {
    setWho(person);
    sessionStorage.setItem(WHO, person);
    window.Xinfu?.identify(people.find((other) => other.name === person)?.identity_token ?? "");
  }

  return (
    <>
      <header class="top">
        <a class="brand" href={location.pathname + location.search}>
          <span aria-hidden="true">{name.slice(0, 1)}</span>
          {name}
        </a>
        <input type="search" value={search} placeholder={words.search} aria-label={words.search} onInput={(event) => setSearch(event.currentTarget.value)} />
        <nav>
          <button type="button" onClick={() => window.Xinfu?.open()}>
            {words.orders}
          </button>
          <SignIn people={people} who={who} onPick={become} />
          <a href={lang === "en" ? "?lang=zh-CN" : "?lang=en"} lang={lang === "en" ? "zh-CN" : "en"}>
            {lang === "en" ? "中文" : "English"}
          </a>
        </nav>
      </header>
      <ul class="promises">
        {words.promises.map((promise) => (
          <li key={promise}>{promise}</li>
        ))}
      </ul>
      <nav class="categories" aria-label={words.categories}>
        {["", ...categories].map((one) => (
          <button key={one} type="button" aria-pressed={category === one} onClick={() => setCategory(one)}>
            {one || words.all}
          </button>
        ))}
      </nav>
      <main>
        {goods === null && <p class="empty">{words.loading}</p>}
        {goods === "failed" && <p class="empty">{words.failed}</p>}
        {Array.isArray(goods) && shown.length === 0 && <p class="empty">{words.none}</p>}
        {categories.map((one) => (
          <Shelf key={one} title={one} goods={shown.filter((item) => item.category === one)} />
        ))}
      </main>
      <footer>{words.footer}</footer>
    </>
  );
}

function SignIn({ people, who, onPick }: { people: Person[]; who: string; onPick: (name: string) => void }) {
  if (people.length === 0) return null;
  return (
    <label class="sign-in">
      <span>{words.signed_in}</span>
      <select value={who} onChange={(event) => onPick(event.currentTarget.value)}>
        <option value="">{words.visitor}</option>
        {people.map((person) => (
          <option key={person.name} value={person.name}>
            {person.note ? `${person.name} · ${person.note}` : person.name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Shelf({ title, goods }: { title: string; goods: Goods[] }) {
  if (goods.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <ul class="grid">
        {goods.map((item) => (
          <li key={item.id}>
            <Picture url={item.image} />
            <h3>{item.name}</h3>
            <p>{item.summary}</p>
            <div>
              <b>{money(item.price, item.currency)}</b>
              <button type="button" onClick={() => window.Xinfu?.sendProduct(item.id)} aria-label={`${words.ask} ${item.name}`}>
                {words.ask}
              </button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Picture({ url }: { url: string }) {
  const safe = safeUrl(url, location.origin);
  return <div class="goods">{safe && <img src={safe} alt="" loading="lazy" width="200" height="150" />}</div>;
}

/** The same tag any shop puts into its pages. */
function loadWidget(identity: string): void {
  const tag = document.createElement("script");
  tag.async = true;
  tag.src = "/widget.js";
  tag.dataset["shop"] = slug;
  tag.dataset["lang"] = lang;
  if (identity) tag.dataset["identity"] = identity;
  document.head.append(tag);
}

async function get<T>(path: string): Promise<T> {
  const answer = await fetch(path, { headers: { "Accept-Language": lang } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as T;
}

document.documentElement.lang = lang;
render(<Shop />, document.getElementById("shop") as HTMLElement);
