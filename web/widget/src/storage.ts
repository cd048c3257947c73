// What the widget remembers on the customer's device. In-app browsers and private windows may forbid localStorage; then it lives until reload.

export interface Shelf {
  get(key: string): string | null;
  set(key: string, value: string): void;
  remove(key: string): void;
  keys(prefix: string): string[];
}

export class MemoryShelf implements Shelf {
  private readonly items = new Map<string, string>();

  get(key: string): string | null {
    return this.items.get(key) ?? null;
  }

  set(key: string, value: string): void {
    this.items.set(key, value);
  }

  remove(key: string): void {
    this.items.delete(key);
  }

  keys(prefix: string): string[] {
    return [...this.items.keys()].filter((key) => key.startsWith(prefix));
  }
}

class BrowserShelf implements Shelf {
  constructor(
    private readonly storage: Storage,
    private readonly spare: Shelf,
  ) {}

  get(key: string): string | null {
    return this.storage.getItem(key) ?? this.spare.get(key);
  }

  set(key: string, value: string): void {
    try {
      this.storage.setItem(key, value);
    } catch {
      this.spare.set(key, value); // the quota is used up: better kept until reload than not at all
    }
  }

  remove(key: string): void {
    this.storage.removeItem(key);
    this.spare.remove(key);
  }

  keys(prefix: string): string[] {
    const found: string[] = [];
    for (let i = 0; i < this.storage.length; i++) {
      const key = this.storage.key(i);
      if (key?.startsWith(prefix)) found.push(key);
    }
    return found.concat(this.spare.keys(prefix));
  }
}

export function browserShelf(): Shelf {
  const spare = new MemoryShelf();
  try {
    const storage = window.localStorage;
    storage.setItem("xinfu:try", "1");
    storage.removeItem("xinfu:try");
    return new BrowserShelf(storage, spare);
  } catch {
    return spare;
  }
}

export function readJson<T>(shelf: Shelf, key: string): T | null {
  const text = shelf.get(key);
  if (text === null) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    shelf.remove(key);
    return null;
  }
}
