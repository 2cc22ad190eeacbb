// Which build runs, and how another one takes its place: when the person asks, after everything was written, and never before.

export interface Updates {
  build(): { readonly hash: string; readonly isUpdateWaiting: boolean };
  subscribe(listener: () => void): () => void;
  /** Loads the waiting build, or the same one again. Nothing may be left to write. */
  apply(): void;
}

/** The part of a service worker registration that is used. */
export interface Registration extends EventTarget {
  readonly waiting: Waiting | null;
  readonly installing: (EventTarget & { readonly state: string }) | null;
  update(): Promise<unknown>;
}

interface Waiting {
  postMessage(message: "activate"): void;
}

export interface UpdateDeps {
  /** Undefined where service workers are not to be had, as in some private windows. */
  readonly register: (() => Promise<Registration>) | undefined;
  /** Whether a service worker serves this page already: only then a second one is an update. */
  readonly isControlled: () => boolean;
  /** Runs once the waiting build took over. */
  readonly whenTakenOver: (run: () => void) => void;
  readonly reload: () => void;
  /** The manifest of the build that this page was loaded with, as far as can be known. */
  readonly readManifest: () => Promise<Uint8Array<ArrayBuffer> | undefined>;
  readonly digest: (bytes: Uint8Array<ArrayBuffer>) => Promise<ArrayBuffer>;
}

export class BrowserUpdates implements Updates {
  readonly #deps: UpdateDeps;
  readonly #listeners = new Set<() => void>();
  #hash = "";
  #registration: Registration | undefined;
  #isUpdateWaiting = false;

  constructor(deps: UpdateDeps) {
    this.#deps = deps;
  }

  /** Without a service worker the page works all the same, only not offline. */
  async begin(): Promise<void> {
    const manifest = await this.#deps.readManifest();
    if (manifest !== undefined) {
      const digest = new Uint8Array(await this.#deps.digest(manifest));
      this.#hash = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      this.#changed();
    }
    const registration = await this.#deps.register?.();
    if (registration === undefined) return;
    this.#registration = registration;
    registration.addEventListener("updatefound", () => {
      registration.installing?.addEventListener("statechange", () => this.#look());
      this.#look();
    });
    this.#look();
  }

  build(): ReturnType<Updates["build"]> {
    return { hash: this.#hash, isUpdateWaiting: this.#isUpdateWaiting };
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Asks the node whether there is another build. The browser does so by itself when a page is loaded. */
  async check(): Promise<void> {
    await this.#registration?.update();
  }

  apply(): void {
    const waiting = this.#registration?.waiting ?? undefined;
    if (waiting === undefined) {
      this.#deps.reload();
      return;
    }
    this.#deps.whenTakenOver(this.#deps.reload);
    waiting.postMessage("activate");
  }

  #look(): void {
    const isUpdateWaiting = this.#deps.isControlled() && (this.#registration?.waiting ?? null) !== null;
    if (isUpdateWaiting === this.#isUpdateWaiting) return;
    this.#isUpdateWaiting = isUpdateWaiting;
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** @returns undefined when the manifest does not name the script that runs: it is of another build, or there was no build. */
export function manifestOf(bytes: Uint8Array<ArrayBuffer>, runningScript: string): Uint8Array<ArrayBuffer> | undefined {
  const path = new URL(runningScript).pathname;
  return new TextDecoder().decode(bytes).includes(`"${path}"`) ? bytes : undefined;
}
