// Asking somebody to talk, by their link: a contact request, or a knock at a group of theirs.
import { encodeUtf8 } from "@p2pcrypt/bytes";
import type { IdentityId } from "@p2pcrypt/session";
import { startThread } from "../conversation/start.ts";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import type { ContactRow, Letter } from "../store/rows.ts";
import type { Tx } from "../store/tx.ts";
import { newContact } from "./contacts.ts";
import { MAX_GREETING_BYTES } from "./envelope.ts";

/** @throws {ClientError} greeting/tooLong */
export function assertGreeting(greeting: string): void {
  if (encodeUtf8(greeting).length > MAX_GREETING_BYTES || !greeting.isWellFormed())
    throw new ClientError({ code: "greeting/tooLong", maxBytes: MAX_GREETING_BYTES });
}

/**
 * Stores the letter for sending, in the place of an earlier one. When they asked already, this accepts.
 *
 * @throws {ClientError} contact/blocked, contact/alreadyAccepted: a request has nothing to ask for; a knock has
 */
export function askPerson(
  core: Core,
  tx: Tx,
  { identityId, nodeUrl, nameHint }: { readonly identityId: IdentityId; readonly nodeUrl: string; readonly nameHint: string },
  letter: Extract<Letter, { kind: "request" | "rejoin" | "knock" }>,
): void {
  const { contacts, mail } = core.tables;
  const known = tx.get(contacts, identityId);
  if (known?.state === "blocked") throw new ClientError({ code: "contact/blocked" });
  const isKnock = letter.kind === "knock";
  if (known?.state === "accepted" && !isKnock && noteNewNode(core, tx, known, nodeUrl)) return;
  if (known?.state === "accepted" && !isKnock) throw new ClientError({ code: "contact/alreadyAccepted" });
  if (known?.state === "asking") startThread(core, tx, identityId);
  if (known?.state === "asking" && !isKnock) return;
  if (known?.state !== "accepted" && known?.state !== "asking") {
    const row = known ?? newContact(core, identityId, { name: nameHint, state: "requested", nodeUrls: [] });
    const nodeUrls = [...new Set([nodeUrl, ...row.nodeUrls])];
    tx.put(contacts, identityId, { ...row, state: "requested", nodeUrls, greeting: letter.greeting, isGreetingOwn: true });
    for (const id of tx.ids(mail)) if (tx.get(mail, id)?.to === identityId) tx.delete(mail, id);
  }
  const id = core.newId();
  tx.put(mail, id, { id, to: identityId, createdMs: core.nowMs, attempts: 0, letter });
}

/** A link of somebody whom one talks with names another node: they are looked up there, and told where one is. @returns whether it does */
function noteNewNode(core: Core, tx: Tx, contact: ContactRow, nodeUrl: string): boolean {
  if (contact.nodeUrls.includes(nodeUrl)) return false;
  const nodeUrls = [nodeUrl, ...contact.nodeUrls].slice(0, 4);
  tx.put(core.tables.contacts, contact.identityId, { ...contact, nodeUrls, lookedUpAtMs: 0 });
  const body = { kind: "address", deviceCertificate: core.account.device.certificate } as const;
  const id = core.newId();
  const letter = { kind: "answer", body } as const;
  tx.put(core.tables.mail, id, { id, to: contact.identityId, createdMs: core.nowMs, attempts: 0, letter });
  return true;
}
