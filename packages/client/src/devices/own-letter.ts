// A letter to other own devices, stored for sending.
import type { Core } from "../core.ts";
import type { OwnBody } from "../mail/own-letters.ts";
import type { Tx } from "../store/tx.ts";

/** `replyInbox`: to one of them alone. */
export function putLetter(core: Core, tx: Tx, replyInbox: Uint8Array | undefined, body: OwnBody): void {
  const id = core.newId();
  const { identityId: to } = core.account;
  const letter = { kind: "answer", body, ...(replyInbox === undefined ? {} : { replyInbox }) } as const;
  tx.put(core.tables.mail, id, { id, to, createdMs: core.nowMs, attempts: 0, letter });
}
