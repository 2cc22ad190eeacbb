// What a limited device does in the place of publishing: takes over what keepers published, and asks them to put its inbox key into the
// profile and to renew its certificate (spec/protocol/linking.md section 8).
import { ApiError } from "@p2pcrypt/api";
import { equalBytes } from "@p2pcrypt/bytes";
import { unionOfRevoked } from "@p2pcrypt/identity";
import type { Core } from "../core.ts";
import type { NodeLink } from "../net/node-link.ts";
import type { Step } from "../run/pump.ts";
import type { AccountRow } from "../store/rows.ts";
import { SELF } from "../store/tables.ts";
import type { Tx } from "../store/tx.ts";
import { putLetter } from "./own-letter.ts";

const DAY_MS = 86_400_000;
/** Earlier than keepers renew themselves: it may take a while until one runs. */
export const RENEW_LIMITED_BEFORE_MS = 60 * DAY_MS;
const ASK_AGAIN_MS = DAY_MS;
const LOOK_AGAIN_MS = 6 * 3_600_000;
/** While something is asked for. The answer comes as a letter; a profile of another keeper may come first. */
const LOOK_SOON_MS = 5 * 60_000;

export async function limitedStep(core: Core, link: NodeLink): Promise<Step> {
  await lookUp(core, link);
  if (!needsKeeper(core.account, core.nowMs)) return { kind: "wait", delayMs: LOOK_AGAIN_MS };
  const { asked, inbox, device, profile } = core.account;
  const newest = inbox.keys.at(-1);
  const sinceMs = core.nowMs - (asked?.atMs ?? Number.NEGATIVE_INFINITY);
  // A newer profile: a keeper is there, which may have had no key any more for what waited for it.
  const isSame = asked?.keyId === newest?.keyId && asked?.sequence === profile?.sequence;
  const isAsked = isSame && sinceMs >= 0 && sinceMs < ASK_AGAIN_MS;
  // Whoever has no profile yet cannot write letters.
  if (newest !== undefined && !isAsked && profile !== undefined)
    await core.ledger.transact(async (tx) => {
      const account = tx.get(core.tables.account, SELF);
      if (account === undefined) return;
      const { keyId, publicKey: inboxKey } = newest;
      tx.put(core.tables.account, SELF, { ...account, asked: { atMs: core.nowMs, keyId, sequence: profile.sequence } });
      for (const id of tx.ids(core.tables.mail)) {
        const letter = tx.get(core.tables.mail, id)?.letter;
        if (letter?.kind === "answer" && letter.body.kind === "renewalRequest") tx.delete(core.tables.mail, id);
      }
      putLetter(core, tx, undefined, { kind: "renewalRequest", deviceCertificate: device.certificate, keyId, inboxKey });
    });
  return { kind: "wait", delayMs: LOOK_SOON_MS };
}

function needsKeeper({ device, profile, inbox }: AccountRow, nowMs: number): boolean {
  return device.notAfterMs - nowMs < RENEW_LIMITED_BEFORE_MS || profile?.inboxKeyId !== inbox.keys.at(-1)?.keyId;
}

async function lookUp(core: Core, link: NodeLink): Promise<void> {
  try {
    const { certificate, profile } = await link.call("profile.lookup", { identity: core.account.identityId });
    await core.ledger.transact((tx) => adopt(core, tx, { certificate, profile }));
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "notFound")) throw error;
  }
}

/** Takes over what a keeper published, when that is newer and holds: from the node, and from each letter of a keeper. */
export async function adopt(
  core: Core,
  tx: Tx,
  { certificate, profile: bytes }: { readonly certificate: Uint8Array; readonly profile: Uint8Array },
): Promise<void> {
  const { identity } = core.deps;
  const account = tx.get(core.tables.account, SELF);
  if (account === undefined) return;
  const at = { atMs: core.nowMs };
  const facts = await identity.readCertificate(certificate, at);
  const verified = facts === undefined ? undefined : await identity.verifyProfile(certificate, bytes, at);
  if (facts === undefined || verified === undefined) return;
  if (facts.id !== account.identityId || verified.profile.identityId !== account.identityId) return;
  const { sequence, validUntilMs, displayName, devices, revokedDevices, inboxes } = verified.profile;
  if (account.profile !== undefined && sequence <= account.profile.sequence) return;
  const listed = inboxes.find(({ stream }) => equalBytes(stream, account.inbox.stream));
  const merged = await identity.mergeCertificates(account.certificate, certificate);
  tx.put(core.tables.account, SELF, {
    ...account,
    certificate: merged,
    minimalCertificate: await identity.minimalCertificate(merged, at),
    isFindable: facts.isFindable,
    name: displayName,
    profile: {
      bytes,
      sequence,
      validUntilMs,
      // Nobody writes to this device before it stands there with an inbox.
      isPublished: listed !== undefined,
      ...(listed === undefined ? {} : { inboxKeyId: listed.keyId }),
    },
    devices,
    revokedDevices: unionOfRevoked(account.revokedDevices, revokedDevices),
  });
}
