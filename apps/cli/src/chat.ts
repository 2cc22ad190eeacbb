// A live conversation in a terminal: lines go out, lines come in, states and typing are told as they change.
import { createInterface, type Interface } from "node:readline";
import type { Client, ClientEvent, ContactSnapshot, NodeSnapshot } from "@p2pcrypt/client";
import type { CommandContext } from "./context.ts";
import { entryJson, entryLine, markOf } from "./entries.ts";
import { toCommandError } from "./failures.ts";
import { settleWithin } from "./open-client.ts";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";
import { runShortCode } from "./short-code-dialogue.ts";
import { conversationOf } from "./who.ts";

const TYPING_EVERY_MS = 3_000;
const PRESENCE_EVERY_MS = 45_000;
const HISTORY_LINES = 10;
const PROMPT = "> ";
const HELP = [
  "/code  the 60 digits to compare",
  "/sas   compare a short code",
  "/info  who this is, and how far that is known",
  "/quit  leave the chat",
];

export async function chat(client: Client, context: CommandContext, found: ContactSnapshot): Promise<void> {
  const { output } = context;
  if (found.conversationId === undefined) await settleWithin(client, 15_000);
  const contact = client.contacts.get(found.identityId) ?? found;
  const id = conversationOf(contact);
  const dialogue = new Dialogue(client, output, contact, id);
  await dialogue.run();
}

class Dialogue {
  readonly #client: Client;
  readonly #output: Output;
  readonly #contact: ContactSnapshot;
  readonly #id: string;
  readonly #reader: Interface;
  #typedMs = 0;
  #isComparing = false;
  /** Gets the next line, whatever it is. */
  #question: ((line: string) => void) | undefined;
  /** Nodes that could not be reached when last heard of. */
  readonly #unreachable = new Set<string>();
  /** Lines are handled one after the other, in the order they were typed. */
  #work: Promise<void> = Promise.resolve();

  constructor(client: Client, output: Output, contact: ContactSnapshot, id: string) {
    this.#client = client;
    this.#output = output;
    this.#contact = contact;
    this.#id = id;
    this.#reader = createInterface({
      input: process.stdin,
      output: output.isJson ? undefined : process.stdout,
      terminal: process.stdin.isTTY === true && !output.isJson,
    });
  }

  async run(): Promise<void> {
    this.#greet();
    const history = await this.#client.conversations.history(this.#id, { limit: HISTORY_LINES });
    for (const entry of [...history].reverse()) this.#show(entryLine(entry, this.#client), entryJson(entry, this.#contact));
    await this.#client.conversations.markRead(this.#id);
    const unsubscribe = this.#client.subscribe((event) => this.#heard(event));
    const presence = setInterval(() => this.#client.conversations.setPresence(this.#id, "here"), PRESENCE_EVERY_MS);
    this.#client.conversations.setPresence(this.#id, "here");
    if (process.stdin.isTTY) process.stdin.on("keypress", () => this.#typing());
    this.#reader.setPrompt(PROMPT);
    this.#reader.prompt();
    await new Promise<void>((resolve) => {
      this.#reader.on("line", (line) => {
        if (line.trim() === "/quit") return resolve();
        const answer = this.#question;
        if (answer !== undefined) {
          this.#question = undefined;
          return answer(line);
        }
        if (this.#isComparing) return this.#note("A comparison is running. It ends when both have answered, or with /quit.");
        this.#work = this.#work.then(() => this.#line(line)).catch((error: unknown) => this.#failed(error));
      });
      this.#reader.on("close", resolve);
      this.#reader.on("SIGINT", resolve);
      process.once("SIGTERM", resolve);
      this.#client.subscribe((event) => {
        if (event.kind === "stopped") resolve();
      });
    });
    if (this.#isComparing) await this.#client.verification.cancelShortCode(this.#contact.identityId);
    else await this.#work;
    clearInterval(presence);
    this.#client.conversations.setPresence(this.#id, "away");
    await settleWithin(this.#client, 5_000);
    unsubscribe();
    this.#reader.close();
  }

  #greet(): void {
    const { name, trust } = this.#contact;
    const known = trust.kind === "verified" ? "verified by you" : "not verified: compare with /code or /sas";
    this.#output.note(`Talking with ${printable(name)} (${known}). /help for commands.`);
    if (this.#client.nodes().every(({ state }) => state.kind !== "connected")) this.#output.note("Connecting …");
  }

  async #line(line: string): Promise<void> {
    const text = line.trim();
    if (text === "") return this.#reader.prompt();
    if (text.startsWith("/")) return this.#command(text);
    const sent = await this.#client.conversations.send(this.#id, line);
    // On a terminal the line stands there already; programs are told its id.
    if (this.#output.isJson) this.#output.say([], entryJson(sent, this.#contact));
    this.#client.conversations.setTyping(this.#id, false);
    this.#reader.prompt();
  }

  async #command(text: string): Promise<void> {
    if (text === "/help") for (const line of HELP) this.#output.note(line);
    else if (text === "/code") {
      const { digits } = await this.#client.verification.digits(this.#contact.identityId);
      this.#show(digits.replaceAll(/(\d{5})/g, "$1 ").trim(), { digits });
    } else if (text === "/info") {
      const { name, identityId, trust } = this.#client.contacts.get(this.#contact.identityId) ?? this.#contact;
      this.#show(`${printable(name)}  ${identityId}  ${trust.kind}`, { name, identity: identityId, trust });
    } else if (text === "/sas") await this.#compare();
    else this.#output.note("There is no such command; /help lists them.");
    this.#reader.prompt();
  }

  async #compare(): Promise<void> {
    this.#isComparing = true;
    try {
      const ask = (question: string): Promise<string> => this.#ask(question);
      const output = {
        say: (lines: string | readonly string[], value: unknown) => this.#show(lines, value),
        note: (text: string) => this.#note(text),
      };
      const run = await runShortCode({ client: this.#client, output, ask }, this.#contact);
      this.#note(run.state === "verified" ? "Verified by you." : `Not verified: ${run.reason ?? "the run ended"}.`);
    } finally {
      this.#isComparing = false;
    }
  }

  /** The question stands in place of the prompt, so that what arrives meanwhile does not wipe it away. */
  async #ask(question: string): Promise<string> {
    this.#reader.setPrompt(question);
    this.#reader.prompt();
    if (this.#output.isJson) this.#output.say([], { kind: "question", text: question });
    try {
      return await new Promise<string>((resolve) => {
        this.#question = resolve;
      });
    } finally {
      this.#reader.setPrompt(PROMPT);
    }
  }

  #heard(event: ClientEvent): void {
    if (event.kind === "entry" && event.entry.conversationId === this.#id) {
      const { entry } = event;
      // Own messages are on the screen already: their states are told as they change.
      if (entry.kind === "text" && entry.isOwn) return;
      this.#show(entryLine(entry, this.#client), entryJson(entry, this.#contact));
      this.#work = this.#work
        .then(() => this.#client.conversations.markRead(this.#id))
        .catch((error: unknown) => this.#failed(error));
    } else if (event.kind === "entryChanged" && event.entry.conversationId === this.#id) {
      this.#show(`changed: ${entryLine(event.entry, this.#client)}`, {
        ...entryJson(event.entry, this.#contact),
        isChange: true,
      });
    } else if (event.kind === "messageState" && event.conversationId === this.#id) {
      this.#show(`  [${markOf(event.state)}]`, { kind: "state", id: event.id, state: event.state });
    } else if (event.kind === "typing" && event.conversationId === this.#id) {
      if (event.isTyping) this.#show(`  ${printable(this.#contact.name)} is typing …`, { kind: "typing", isTyping: true });
    } else if (event.kind === "presence" && event.conversationId === this.#id) {
      if (event.state !== "unknown")
        this.#show(`  ${printable(this.#contact.name)} is ${event.state}`, { kind: "presence", state: event.state });
    } else if (
      event.kind === "shortCode" &&
      event.run.contactId === this.#contact.identityId &&
      event.run.state === "offered" &&
      !this.#isComparing
    ) {
      this.#show(`  ${printable(this.#contact.name)} wants to compare a short code: /sas`, {
        kind: "shortCode",
        state: "offered",
      });
    } else if (event.kind === "node") this.#heardOfNode(event.node);
    else if (event.kind === "conversation" && event.conversation.id === this.#id && event.conversation.warnings.length > 0) {
      const kinds = event.conversation.warnings.map(({ kind }) => kind).join(", ");
      this.#show(`  [WARNING about this conversation: ${kinds}]`, { kind: "warning", warnings: event.conversation.warnings });
    }
  }

  /** Told when it changes, not at every attempt. */
  #heardOfNode({ url, state }: NodeSnapshot): void {
    if (state.kind === "waiting" && !this.#unreachable.has(url)) {
      this.#unreachable.add(url);
      this.#show("  [the node cannot be reached; what you write is queued]", { kind: "node", state: "waiting" });
    } else if (state.kind === "connected" && this.#unreachable.delete(url)) {
      this.#show("  [the node is back]", { kind: "node", state: "connected" });
    }
  }

  #typing(): void {
    const nowMs = Date.now();
    if (this.#isComparing || nowMs - this.#typedMs < TYPING_EVERY_MS) return;
    this.#typedMs = nowMs;
    this.#client.conversations.setTyping(this.#id, true);
  }

  #show(lines: string | readonly string[], value: unknown): void {
    this.#around(() => this.#output.say(lines, value));
  }

  #note(text: string): void {
    this.#around(() => this.#output.note(text));
  }

  /** In place of the line being typed, which stands below again afterwards. */
  #around(print: () => void): void {
    const isScreen = process.stdout.isTTY && !this.#output.isJson;
    if (isScreen) process.stdout.write("\r\u001b[2K");
    print();
    if (isScreen) this.#reader.prompt(true);
  }

  #failed(error: unknown): void {
    const { code, message, fields } = toCommandError(error);
    this.#around(() => this.#output.failure(code, message, fields));
  }
}
