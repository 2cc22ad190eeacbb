// Going on under another identity, said by both (spec/protocol/identity.md section 12). The new one offers, the old one agrees and tells
// its contacts inside the conversations; no secret key travels. It is a hint for people: it verifies nobody, and until they decide,
// nothing more is written to the old identity.
import { ByteReader, ByteWriter, DecodeError, decodeBase64Url, decodeUtf8, encodeBase64Url, encodeUtf8 } from "@p2pcrypt/bytes";
import type { TransitionContent } from "@p2pcrypt/content";
import { formatContactLink, IdentityError } from "@p2pcrypt/identity";
import { lookUpCard, readLink } from "../contact-preview.ts";
import { queueContent } from "../conversation/outbox.ts";
import { appendEntry } from "../conversation/thread.ts";
import type { Core } from "../core.ts";
import { ClientError } from "../failure.ts";
import { verifyCard } from "../mail/contacts.ts";
import type { Successor } from "../snapshots.ts";
import { SELF } from "../store/tables.ts";
import type { Tx } from "../store/tx.ts";
import type { From } from "../trust/incoming.ts";
import { selfSnapshot } from "../views.ts";

const SCHEME = "web+ptopcrypt:successor#";
const MAX_LINK_BYTES = 1_024;

/** @throws {ClientError} link/malformed, link/own */
export async function offerSuccession(core: Core, oldLink: string): Promise<string> {
  const { identityId } = readLink(oldLink);
  if (identityId === core.account.identityId) throw new ClientError({ code: "link/own" });
  const offer = await (await core.secret()).offerTransition(identityId, core.nowMs);
  const { link } = selfSnapshot(core);
  return `${SCHEME}${encodeBase64Url(new ByteWriter().opaque16(encodeUtf8(link)).bytes(offer).finish())}`;
}

/** @throws {ClientError} succession/malformed; link/*, node/*, contact/* of the new identity */
export async function announceSuccession(core: Core, text: string): Promise<Successor> {
  const { link, offer } = readOffer(text);
  const { identityId, certificate, name, profile } = await lookUpCard(core, link);
  const at = { atMs: core.nowMs };
  const transition = await (await core.secret()).acceptTransition(certificate, offer, at).catch((cause: unknown) => {
    if (cause instanceof IdentityError) throw new ClientError({ code: "succession/malformed" }, { cause });
    throw cause;
  });
  const successor = { identityId, name, link };
  await core.ledger.transact(async (tx) => {
    const { account, contacts } = core.tables;
    const self = tx.get(account, SELF);
    if (self !== undefined) tx.put(account, SELF, { ...self, successor });
    for (const id of tx.ids(contacts)) {
      const contact = tx.get(contacts, id);
      if (contact?.state !== "accepted" || contact.conversationId === undefined) continue;
      queueContent(core, tx, contact.conversationId, {
        kind: "transition",
        certificate: encodeBase64Url(certificate),
        profile: encodeBase64Url(profile.bytes),
        transition: encodeBase64Url(transition),
      });
    }
  });
  return successor;
}

/** What a contact says of where they go on. Void when their key was stolen; whoever stole it could have said it. */
export async function applyTransition(
  core: Core,
  tx: Tx,
  { contact, group, atMs }: From,
  content: TransitionContent,
): Promise<void> {
  const { deps, tables, account, nowMs } = core;
  const certificate = decodeBase64Url(content.certificate);
  const card = await verifyCard(core, certificate, decodeBase64Url(content.profile));
  const nodeUrl = card?.profile.inboxes[0]?.nodeUrl;
  if (card === undefined || !card.isUsable || nodeUrl === undefined || contact.certificate === undefined) return;
  if (card.identityId === account.identityId || contact.alert?.kind === "revoked") return;
  const transition = decodeBase64Url(content.transition);
  if (!(await deps.identity.verifyTransition(contact.certificate, certificate, transition, { atMs: nowMs }))) return;
  const { identityId, name } = card;
  const link = formatContactLink({ nodeUrl, identityId, nameHint: name });
  const alert = { kind: "successor", atMs: nowMs, isDecided: false, successor: { identityId, name, link } } as const;
  tx.put(tables.contacts, contact.identityId, { ...contact, alert });
  const event = { what: "successorNamed", name, identityId, by: contact.identityId, link } as const;
  await appendEntry(tx, tables.threads, group.threadId, { kind: "event", atMs, event });
}

function readOffer(text: string): { readonly link: string; readonly offer: Uint8Array } {
  try {
    const given = text.trim();
    if (!given.startsWith(SCHEME)) throw new DecodeError("scheme");
    const bytes = decodeBase64Url(given.slice(SCHEME.length));
    const reader = new ByteReader(bytes);
    const link = decodeUtf8(reader.opaque16("link", MAX_LINK_BYTES));
    return { link, offer: bytes.slice(reader.offset) };
  } catch (cause) {
    if (cause instanceof DecodeError) throw new ClientError({ code: "succession/malformed" }, { cause });
    throw cause;
  }
}
