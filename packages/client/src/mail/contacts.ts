// What a certificate and a profile say about a contact, merged into what is known. Revocations only grow.

import { type Inbox, unionOfRevoked } from "@p2pcrypt/identity";
import type { IdentityId } from "@p2pcrypt/session";
import { claimTokenFor } from "../account/own-tokens.ts";
import type { Core } from "../core.ts";
import type { ContactAlert } from "../snapshots.ts";
import type { ContactProfileRow, ContactRow } from "../store/rows.ts";

/** A certificate and a profile that belong together and hold. */
export interface VerifiedCard {
  readonly identityId: IdentityId;
  readonly certificate: Uint8Array;
  readonly fingerprint: string;
  readonly primaryKey: Uint8Array;
  readonly name: string;
  readonly isUsable: boolean;
  readonly isHardRevoked: boolean;
  readonly isExpired: boolean;
  readonly isDeleted: boolean;
  readonly profile: ContactProfileRow;
  readonly revokedDevices: readonly Uint8Array[];
}

/** @returns undefined when anything about it does not hold. */
export async function verifyCard(
  core: Core,
  certificate: Uint8Array,
  profileBytes: Uint8Array,
): Promise<VerifiedCard | undefined> {
  const at = { atMs: core.nowMs };
  const facts = await core.deps.identity.readCertificate(certificate, at);
  const verified = facts === undefined ? undefined : await core.deps.identity.verifyProfile(certificate, profileBytes, at);
  if (facts === undefined || verified === undefined || verified.profile.identityId !== facts.id) return undefined;
  const { profile, isExpired } = verified;
  return {
    identityId: facts.id,
    certificate,
    fingerprint: facts.fingerprint,
    primaryKey: facts.primaryKey,
    name: profile.displayName,
    isUsable: facts.isUsable,
    isHardRevoked: facts.revocation === "hard",
    isExpired,
    isDeleted: profile.isDeleted,
    profile: {
      bytes: profileBytes,
      sequence: profile.sequence,
      validUntilMs: profile.validUntilMs,
      devices: profile.devices,
      inboxes: profile.inboxes,
    },
    revokedDevices: profile.revokedDevices,
  };
}

export function newContact(
  core: Core,
  identityId: IdentityId,
  fields: Pick<ContactRow, "name" | "state" | "nodeUrls">,
  { tokenRoot } = core.account,
): ContactRow {
  return {
    identityId,
    fingerprint: "",
    addedAtMs: core.nowMs,
    trust: { kind: "unverified" },
    failedRuns: 0,
    revokedDevices: [],
    myClaimToken: tokenRoot === undefined ? core.deps.random(32) : claimTokenFor(tokenRoot, identityId),
    ...fields,
  };
}

/** The contact with what the card adds. An older profile changes nothing but revocations; equivocation raises an alert. */
export async function withCard(core: Core, contact: ContactRow, card: VerifiedCard): Promise<ContactRow> {
  const certificate =
    contact.certificate === undefined
      ? card.certificate
      : await core.deps.identity.mergeCertificates(contact.certificate, card.certificate);
  const known = contact.profile;
  const comparison = known === undefined ? "newer" : core.deps.identity.compareProfiles(known.bytes, card.profile.bytes).kind;
  const isNewer = comparison === "newer";
  const alert = alertOf(core, contact, card, comparison === "equivocation");
  const { alert: _, ...rest } = contact;
  return {
    ...rest,
    certificate,
    primaryKey: card.primaryKey,
    fingerprint: card.fingerprint,
    revokedDevices: unionOfRevoked(contact.revokedDevices, card.revokedDevices),
    ...(isNewer ? { profile: card.profile, name: card.name, nodeUrls: nodesOf(card.profile.inboxes, contact.nodeUrls) } : {}),
    ...(isNewer && card.isDeleted ? { state: "gone" as const } : {}),
    ...(alert === undefined ? {} : { alert }),
  };
}

/**
 * The contact whose certificate says that it was revoked. Needs no profile: a key that signs nothing any more has none that holds.
 * @returns undefined when it says no such thing, or is about somebody else
 */
export async function withRevocation(core: Core, contact: ContactRow, certificate: Uint8Array): Promise<ContactRow | undefined> {
  const facts = await core.deps.identity.readCertificate(certificate, { atMs: core.nowMs });
  if (facts === undefined || facts.id !== contact.identityId || facts.revocation === "none") return undefined;
  const merged =
    contact.certificate === undefined
      ? certificate
      : await core.deps.identity.mergeCertificates(contact.certificate, certificate);
  if (contact.state === "gone" || contact.alert?.kind === "revoked") return { ...contact, certificate: merged };
  return { ...contact, certificate: merged, alert: { kind: "revoked", atMs: core.nowMs, isDecided: false } };
}

function alertOf(core: Core, { alert }: ContactRow, card: VerifiedCard, isEquivocation: boolean): ContactAlert | undefined {
  const kind =
    card.isHardRevoked || (!card.isUsable && !card.isDeleted) ? "revoked" : isEquivocation ? "equivocation" : undefined;
  if (kind === undefined || alert?.kind === kind || alert?.kind === "revoked") return alert;
  return { kind, atMs: core.nowMs, isDecided: false };
}

/** Those of the newest profile before those known otherwise. */
export function nodesOf(inboxes: readonly Inbox[], known: readonly string[]): readonly string[] {
  return [...new Set([...inboxes.map(({ nodeUrl }) => nodeUrl), ...known])].slice(0, 4);
}
