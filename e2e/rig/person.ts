// Somebody with a browser of their own. Their words for what they do and see are in the files that take a Person.
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { BrowserContext, Locator, Page } from "playwright-core";
import { openProfile, type ProfileOptions } from "./chromium.ts";
import { Complaints } from "./complaints.ts";
import { RecordingProxy } from "./recording-proxy.ts";
import { type Language, type Words, wordsOf } from "./words.ts";

export interface PersonOptions extends Omit<ProfileOptions, "proxyUrl"> {
  readonly nodeUrl: string;
  /** What this person reads; the browser asks for it. */
  readonly language?: Language;
}

/** A step of a person that takes longer than this has failed. */
const STEP_MS = 20_000;

export class Person {
  readonly name: string;
  readonly nodeUrl: string;
  readonly words: Words;
  readonly complaints = new Complaints();
  readonly proxy: RecordingProxy;
  /** Hosts with ports that this person chose to reach beside the node. */
  readonly allowedHosts = new Set<string>();
  readonly #options: PersonOptions;
  #context: BrowserContext;
  #page: Page;

  private constructor(name: string, options: PersonOptions, proxy: RecordingProxy, context: BrowserContext, page: Page) {
    this.name = name;
    this.nodeUrl = options.nodeUrl;
    this.words = wordsOf(options.language ?? "en");
    this.#options = options;
    this.proxy = proxy;
    this.#context = context;
    this.#page = page;
  }

  static async open(name: string, options: PersonOptions): Promise<Person> {
    const proxy = await RecordingProxy.open();
    const context = await openProfile({ ...inLanguage(options), folder: join(options.folder, "profile"), proxyUrl: proxy.url });
    const person = new Person(name, options, proxy, context, await firstPage(context));
    await person.complaints.listenTo(context);
    return person;
  }

  get page(): Page {
    return this.#page;
  }

  get context(): BrowserContext {
    return this.#context;
  }

  /** Where the browser keeps everything of this person. */
  get profileFolder(): string {
    return join(this.#options.folder, "profile");
  }

  async goTo(place: string): Promise<void> {
    await this.page.goto(new URL(place, this.nodeUrl).href);
  }

  /** A place of the client, by the fragment of its address, without loading the page again. */
  async goToPlace(fragment: string): Promise<void> {
    await this.page.evaluate((hash) => {
      location.hash = hash;
    }, fragment);
  }

  /** Presses the button with exactly these words, once it is done with the last press. */
  async press(words: string): Promise<void> {
    try {
      await this.page
        .locator(":not([data-pending])")
        .and(this.page.getByRole("button", { name: words, exact: true }))
        .click();
    } catch (error) {
      throw error instanceof Error ? withoutRepeats(error) : error;
    }
  }

  async fill(label: string, text: string): Promise<void> {
    await this.field(label).fill(text);
  }

  /** What one writes into, or reads from and copies. */
  field(label: string): Locator {
    return this.page.locator("input, textarea").and(this.page.getByLabel(label, { exact: true }));
  }

  /** Waits until it can be seen. */
  async see(what: Locator): Promise<void> {
    await what.first().waitFor();
  }

  async read(text: string): Promise<void> {
    await this.see(this.page.getByText(text, { exact: true }));
  }

  /** Another tab of the same browser. The person looks at it from now on. @returns the tab looked at before. */
  async openTab(): Promise<Page> {
    const before = this.#page;
    this.#page = await this.#context.newPage();
    return before;
  }

  lookAt(page: Page): void {
    this.#page = page;
  }

  /** Pulls the cable. */
  async loseNetwork(): Promise<void> {
    this.proxy.cut();
    await this.#context.setOffline(true);
  }

  async regainNetwork(): Promise<void> {
    this.proxy.restore();
    await this.#context.setOffline(false);
  }

  /** Ends the browser and starts it again on the same profile. */
  async restartBrowser(): Promise<void> {
    await this.#context.close();
    await this.#start();
  }

  /** Ends the browser; the profile stays as it lies on the disk. */
  async closeBrowser(): Promise<void> {
    await this.#context.close();
  }

  async close(): Promise<void> {
    await this.#context.close();
    await this.proxy.close();
  }

  async #start(): Promise<void> {
    this.#context = await openProfile({ ...inLanguage(this.#options), folder: this.profileFolder, proxyUrl: this.proxy.url });
    this.#page = await firstPage(this.#context);
    await this.complaints.listenTo(this.#context);
  }
}

function inLanguage(options: PersonOptions): PersonOptions {
  return options.language === "ar" ? { locale: "ar-EG", ...options } : options;
}

async function firstPage(context: BrowserContext): Promise<Page> {
  context.setDefaultTimeout(STEP_MS);
  return context.pages()[0] ?? (await context.newPage());
}

/** The driver tells each of its tries. What was in the way is said once, and is still there when a log shows the end of this alone. */
function withoutRepeats(error: Error): Error {
  const lines = new Set(stripVTControlCharacters(error.message).split("\n"));
  error.message = [...lines].slice(0, 14).join("\n");
  return error;
}
