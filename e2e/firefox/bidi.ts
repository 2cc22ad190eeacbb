// Firefox over WebDriver BiDi, spoken by hand: playwright-core drives only its own build of Firefox, and one more driver for one smoke
// run is not worth its weight. What is here is what that run uses.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const USUAL = "/usr/bin/firefox-esr";

/** @returns undefined when this machine has none. */
export function findFirefox(): string | undefined {
  const named = process.env["FIREFOX_PATH"];
  return [named, USUAL, "/usr/bin/firefox"].find((path) => path !== undefined && path !== "" && existsSync(path));
}

type Answer = Record<string, unknown>;

interface Waiting {
  readonly resolve: (result: Answer) => void;
  readonly reject: (error: Error) => void;
}

export class Firefox {
  readonly #child: ChildProcess;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  /** Errors on the console and those that nobody caught, of pages and workers. */
  readonly errors: string[] = [];
  #last = 0;
  #context = "";

  private constructor(child: ChildProcess, socket: WebSocket) {
    this.#child = child;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#received(JSON.parse(String(data)) as Message));
  }

  static async start(program: string, folder: string, proxyUrl: string, more: Preferences = {}): Promise<Firefox> {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "user.js"), preferences(new URL(proxyUrl), more));
    const child = spawn(program, ["--headless", "--no-remote", "--profile", folder, "--remote-debugging-port", "0"], {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, HOME: folder },
    });
    const socket = new WebSocket(`${await addressOf(child)}/session`);
    await once(socket, "open");
    const firefox = new Firefox(child, socket);
    await firefox.#call("session.new", { capabilities: {} });
    await firefox.#call("session.subscribe", { events: ["log.entryAdded"] });
    const { contexts } = await firefox.#call("browsingContext.getTree", {});
    firefox.#context = (contexts as readonly { readonly context: string }[])[0]?.context ?? "";
    return firefox;
  }

  /** A function's source that every page runs before its own scripts. */
  async runFirst(functionDeclaration: string): Promise<void> {
    await this.#call("script.addPreloadScript", { functionDeclaration });
  }

  async goTo(url: string): Promise<void> {
    await this.#call("browsingContext.navigate", { context: this.#context, url, wait: "complete" });
  }

  /** Presses what has this role and name. */
  async press(role: string, name: string): Promise<void> {
    const element = await this.find(role, name);
    const origin = { type: "element", element: { sharedId: element } };
    const actions = [
      { type: "pointerMove", x: 0, y: 0, origin },
      { type: "pointerDown", button: 0 },
      { type: "pointerUp", button: 0 },
    ];
    await this.#act({ type: "pointer", id: "mouse", actions });
  }

  /** Types into what has the focus. */
  async type(text: string): Promise<void> {
    const actions = [...text].flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ]);
    await this.#act({ type: "key", id: "keyboard", actions });
  }

  /** Waits until something with this role and name is there. @returns its id. */
  async find(role: string, name: string): Promise<string> {
    return this.#retry(`${role} "${name}"`, async () => {
      const locator = { type: "accessibility", value: { role, name } };
      const { nodes } = await this.#call("browsingContext.locateNodes", { context: this.#context, locator });
      return (nodes as readonly { readonly sharedId: string }[])[0]?.sharedId;
    });
  }

  /** Waits until the text is on the page. */
  async expectToRead(text: string): Promise<void> {
    await this.#retry(`"${text}"`, async () =>
      (await this.evaluate("document.body.innerText")).includes(text) ? "there" : undefined,
    );
  }

  /** @returns what an expression is, as text. */
  async evaluate(expression: string): Promise<string> {
    const target = { context: this.#context };
    const { result } = await this.#call("script.evaluate", { expression: `String(${expression})`, target, awaitPromise: true });
    return String((result as { readonly value?: unknown } | undefined)?.value);
  }

  /** @returns what a promise resolves to, as text. */
  async resolve(promise: string): Promise<string> {
    const target = { context: this.#context };
    const { result } = await this.#call("script.evaluate", { expression: promise, target, awaitPromise: true });
    return String((result as { readonly value?: unknown } | undefined)?.value);
  }

  async close(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#socket.close();
    this.#child.kill("SIGKILL");
    await exited;
  }

  async #act(source: Record<string, unknown>): Promise<void> {
    await this.#call("input.performActions", { context: this.#context, actions: [source] });
  }

  async #retry(what: string, look: () => Promise<string | undefined>): Promise<string> {
    const deadlineMs = performance.now() + 20_000;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (performance.now() > deadlineMs) throw new Error(`Firefox never showed ${what}`);
      await this.evaluate("new Promise((resolve) => requestAnimationFrame(() => resolve(0)))");
    }
  }

  #call(method: string, params: Answer): Promise<Answer> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #received(message: Message): void {
    if (message.type === "event") {
      if (message.params?.level === "error") this.errors.push(String(message.params.text));
      return;
    }
    const waiting = this.#waiting.get(message.id ?? -1);
    this.#waiting.delete(message.id ?? -1);
    if (message.type === "success") waiting?.resolve(message.result ?? {});
    else waiting?.reject(new Error(`${message.error}: ${message.message}`));
  }
}

interface Message {
  readonly type: "success" | "error" | "event";
  readonly id?: number;
  readonly result?: Answer;
  readonly error?: string;
  readonly message?: string;
  readonly params?: { readonly level?: string; readonly text?: unknown };
}

/** Where it listens, as it says at its start. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(text);
      if (found?.[1] !== undefined) resolve(found[1]);
    });
    child.once("exit", () => reject(new Error(`Firefox ended: ${text}`)));
  });
}

type Preferences = Readonly<Record<string, string | number | boolean>>;

/** All traffic goes through the proxy, that of this machine too; the browser itself is asked to be quiet. */
function preferences({ hostname, port }: URL, more: Preferences): string {
  const values: Preferences = {
    "network.proxy.type": 1,
    "network.proxy.http": hostname,
    "network.proxy.http_port": Number(port),
    "network.proxy.ssl": hostname,
    "network.proxy.ssl_port": Number(port),
    "network.proxy.allow_hijacking_localhost": true,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "services.settings.server": "data:,",
    "datareporting.policy.dataSubmissionEnabled": false,
    "intl.accept_languages": "en-GB, en",
    ...more,
  };
  return Object.entries(values)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
    .join("");
}
