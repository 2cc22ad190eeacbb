// Who a link names: what can be said without asking anybody, and what the link's node says. Neither stores anything nor gives trust.
import { ApiError } from "@p2pcrypt/api";
import { type ContactLink, formatContactLink, IdentityError, parseContactLink, toAppLink } from "@p2pcrypt/identity";
import { parseNodeUrl } from "./account/node-url.ts";
import type { Core } from "./core.ts";
import { ClientError } from "./failure.ts";
import { type VerifiedCard, verifyCard } from "./mail/contacts.ts";
import { ConnectionError } from "./ports.ts";
import { within } from "./run/within.ts";
import type { DirectoryPreview, LinkPreview } from "./snapshots.ts";
import { contactSnapshot } from "./views.ts";

const LOOKUP_MS = 10_000;

/** @throws {ClientError} link/malformed, nodeUrl/insecure */
export function readLink(link: string): ContactLink {
  try {
    const parsed = parseContactLink(link);
    return { ...parsed, nodeUrl: parseNodeUrl(parsed.nodeUrl) };
  } catch (cause) {
    if (cause instanceof IdentityError) throw new ClientError({ code: "link/malformed" }, { cause });
    throw cause;
  }
}

export function previewLink(core: Core, text: string): LinkPreview {
  const parsed = readLink(text);
  const link = formatContactLink(parsed);
  const contact = core.tables.contacts.get(parsed.identityId);
  return {
    ...parsed,
    link,
    appLink: toAppLink(link),
    isSelf: parsed.identityId === core.account.identityId,
    ...(contact === undefined ? {} : { contact: contactSnapshot(core, contact) }),
  };
}

export async function lookUpLink(core: Core, text: string): Promise<DirectoryPreview> {
  const link = readLink(text);
  try {
    const card = await ask(core, link);
    return card === undefined ? { kind: "badAnswer" } : found(card);
  } catch (error) {
    if (error instanceof ConnectionError) return { kind: error.code === "connection/badAnswer" ? "badAnswer" : "unreachable" };
    if (error instanceof ApiError) return { kind: error.code === "notFound" ? "notFound" : "badAnswer" };
    throw error;
  }
}

/** @throws {ClientError} link/*, node/unreachable, node/refused, contact/notFound, contact/invalidIdentity */
export async function lookUpCard(core: Core, text: string): Promise<VerifiedCard> {
  const link = readLink(text);
  const { nodeUrl } = link;
  try {
    const card = await ask(core, link);
    if (card === undefined || hindranceOf(card) !== undefined) throw new ClientError({ code: "contact/invalidIdentity" });
    return card;
  } catch (cause) {
    if (cause instanceof ConnectionError) throw new ClientError({ code: "node/unreachable", nodeUrl }, { cause });
    if (!(cause instanceof ApiError)) throw cause;
    if (cause.code === "notFound") throw new ClientError({ code: "contact/notFound" }, { cause });
    throw new ClientError({ code: "node/refused", nodeUrl, reason: cause.code }, { cause });
  }
}

/** @returns undefined when the answer does not hold, or is about somebody else. */
async function ask(core: Core, { nodeUrl, identityId }: ContactLink): Promise<VerifiedCard | undefined> {
  const { transport, timers } = core.deps;
  const answer = transport.call(nodeUrl, "profile.lookup", { identity: identityId }, undefined);
  const { certificate, profile } = await within(answer, LOOKUP_MS, timers, () => new ConnectionError("connection/timeout"));
  const card = await verifyCard(core, certificate, profile);
  return card?.identityId === identityId ? card : undefined;
}

function found(card: VerifiedCard): DirectoryPreview {
  const { identityId, fingerprint, name, profile } = card;
  const hindrance = hindranceOf(card);
  const devices = profile.devices.length;
  return { kind: "found", identityId, fingerprint, name, devices, ...(hindrance === undefined ? {} : { hindrance }) };
}

function hindranceOf(card: VerifiedCard): "revoked" | "deleted" | "expired" | undefined {
  if (card.isDeleted) return "deleted";
  if (!card.isUsable) return "revoked";
  return card.isExpired ? "expired" : undefined;
}
