// Ends an identity whose key is gone, by the revocation certificate that was kept for that day. Needs no client of the identity.
import { ApiError } from "@p2pcrypt/api";
import { IdentityError } from "@p2pcrypt/identity";
import { readLink } from "../contact-preview.ts";
import { ClientError } from "../failure.ts";
import { type ClientDeps, ConnectionError } from "../ports.ts";
import { within } from "../run/within.ts";
import type { RevocationCertificate } from "../snapshots.ts";

const NODE_MS = 10_000;

/** What is kept: words for whoever finds it, the link, and the armor, which gpg and sq take out by themselves. */
export function formatRevocation({ armored, link, fingerprint, name }: Omit<RevocationCertificate, "text">): string {
  return [
    `Revocation certificate of the P2P Crypt identity ${name}`,
    `OpenPGP fingerprint: ${fingerprint}`,
    `Link: ${link}`,
    "",
    "Keep this file away from the device that holds the identity, on paper or on another disk.",
    "It ends the identity when the key is lost or stolen: p2pcrypt identity revoke FILE",
    "It cannot be undone. Whoever has this file can do it, and nothing else.",
    "",
    armored.trim(),
    "",
  ].join("\n");
}

/** @returns undefined when the link or the armor is missing. */
export function readRevocation(text: string): { readonly armored: string; readonly link: string } | undefined {
  const link = /^Link: (\S+)\s*$/m.exec(text)?.[1];
  const armored = /-----BEGIN PGP [A-Z ]+-----[\s\S]+-----END PGP [A-Z ]+-----/.exec(text)?.[0];
  return link === undefined || armored === undefined ? undefined : { armored, link };
}

/**
 * Publishes the revocation at the node that the link names. Contacts hear of it when they look the identity up, once a day.
 *
 * @throws {ClientError} link/malformed, revocation/malformed, node/unreachable, node/refused, contact/notFound
 */
export async function revokeIdentity(
  deps: Pick<ClientDeps, "transport" | "identity" | "clock" | "timers">,
  { armored, link }: { readonly armored: string; readonly link: string },
): Promise<void> {
  const { transport, identity, clock, timers } = deps;
  const { nodeUrl, identityId } = readLink(link);
  const late = (): ConnectionError => new ConnectionError("connection/timeout");
  try {
    const asked = transport.call(nodeUrl, "identity.lookup", { identity: identityId }, undefined);
    const { certificate } = await within(asked, NODE_MS, timers, late);
    const at = { atMs: clock.nowMs() };
    const known = await identity.readCertificate(certificate, at);
    if (known?.id !== identityId) throw new ApiError("notFound");
    const revoked = await identity.applyRevocation(certificate, armored, at);
    await within(transport.call(nodeUrl, "identity.publish", { certificate: revoked }, undefined), NODE_MS, timers, late);
  } catch (cause) {
    if (cause instanceof IdentityError) throw new ClientError({ code: "revocation/malformed" }, { cause });
    if (cause instanceof ConnectionError) throw new ClientError({ code: "node/unreachable", nodeUrl }, { cause });
    if (!(cause instanceof ApiError)) throw cause;
    if (cause.code === "notFound") throw new ClientError({ code: "contact/notFound" }, { cause });
    throw new ClientError({ code: "node/refused", nodeUrl, reason: cause.code }, { cause });
  }
}
