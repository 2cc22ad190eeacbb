// What `receive` tells beside messages: who asks, to talk or to be let into a group, and devices that joined one's own.
import type { Client, ContactSnapshot, Entry } from "@p2pcrypt/client";
import { entryJson, entryLine } from "./entries.ts";
import type { Output } from "./output.ts";
import { printable } from "./printable.ts";

/** Each thing is told once. */
export class News {
  readonly #client: Client;
  readonly #output: Output;
  readonly #told = new Set<string>();

  constructor(client: Client, output: Output) {
    this.#client = client;
    this.#output = output;
  }

  tellAll(): void {
    for (const contact of this.#client.contacts.list()) this.tellRequest(contact);
    this.tellKnocks();
    this.tellDevices();
  }

  tellRequest({ state, name, identityId, greeting = "" }: ContactSnapshot): void {
    // Who knocks at a group asks for that, and is told as such.
    const isKnock = this.#client.conversations.list().some(({ knocks }) => knocks?.some((one) => one.identityId === identityId));
    if (state !== "asking" || isKnock || !this.#isFirst(identityId)) return;
    const who = identityId.slice(0, 16);
    this.#output.say(`${printable(name)} (${who}) asks to talk: "${printable(greeting)}"  →  p2pcrypt contact accept ${who}`, {
      kind: "request",
      from: name,
      identity: identityId,
      text: greeting,
    });
  }

  tellKnocks(): void {
    for (const { id, name: group, knocks = [] } of this.#client.conversations.list()) {
      for (const { name, identityId, greeting } of knocks) {
        if (!this.#isFirst(`${id} ${identityId}`)) continue;
        const [which, who] = [id.slice(0, 16), identityId.slice(0, 16)];
        this.#output.say(
          `${printable(name)} (${who}) asks to be let into ${printable(group)}: "${printable(greeting)}"  →  p2pcrypt group admit ${which} ${who}`,
          { kind: "knock", conversation: id, group, from: name, identity: identityId, text: greeting },
        );
      }
    }
  }

  /** For a week, on all devices but the one that linked it: nobody adds a device in silence. */
  tellDevices(): void {
    for (const { deviceId, name, sinceMs, isNew, isLinkedHere } of this.#client.devices.list()) {
      if (!isNew || isLinkedHere || !this.#isFirst(deviceId)) continue;
      const [called, when] = [name === undefined ? "without a name" : printable(name), new Date(sinceMs).toLocaleDateString()];
      this.#output.say(
        `Your new device ${called} was linked on ${when}. If it was not you  →  p2pcrypt device remove ${deviceId}`,
        { kind: "newDevice", device: deviceId, name, sinceMs },
      );
    }
  }

  /** While it is followed: what concerns who one is and who is in a conversation. All of it stays in the history. */
  tellEvent(entry: Entry): void {
    if (entry.kind !== "event" || !TOLD.has(entry.event.what)) return;
    const { event } = entry;
    const isOffer = event.what === "introduced" || event.what === "attestationAsked";
    const contact = isOffer ? this.#client.contacts.get(event.by) : undefined;
    this.#output.say(entryLine(entry, this.#client), entryJson(entry, contact));
  }

  #isFirst(what: string): boolean {
    if (this.#told.has(what)) return false;
    this.#told.add(what);
    return true;
  }
}

const TOLD: ReadonlySet<string> = new Set([
  "introduced",
  "attestationAsked",
  "memberAdded",
  "memberRemoved",
  "deviceAdded",
  "deviceRemoved",
  "promoted",
  "demoted",
  "renamed",
  "pictureChanged",
  "pictureRemoved",
  "left",
]);
