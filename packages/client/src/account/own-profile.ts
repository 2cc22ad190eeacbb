// What nodes have of the own profile, and what they are given.
import { ApiError } from "@p2pcrypt/api";
import type { Profile } from "@p2pcrypt/identity";
import type { Core } from "../core.ts";
import type { NodeLink } from "../net/node-link.ts";

/** @throws {ApiError} @throws {ConnectionError} */
export async function lookupOwn(core: Core, link: NodeLink): Promise<Profile | undefined> {
  try {
    const { certificate, profile } = await link.call("profile.lookup", { identity: core.account.identityId });
    const verified = await core.deps.identity.verifyProfile(certificate, profile, { atMs: core.nowMs });
    return verified?.profile.identityId === core.account.identityId ? verified.profile : undefined;
  } catch (error) {
    if (error instanceof ApiError && error.code === "notFound") return undefined;
    throw error;
  }
}

/**
 * The newest of what the present home says, what the one before says, and what this device signed last: after another node became home,
 * that one may know nothing, and the one before may know what another own device published.
 */
export async function newestOwn(core: Core, home: NodeLink): Promise<Profile | undefined> {
  const published = await lookupOwn(core, home);
  const { account, links, deps, nowMs } = core;
  const { formerHome, profile, certificate } = account;
  if (formerHome === undefined) return published;
  const link = links.to(formerHome.nodeUrl);
  const before = link.isConnected ? await lookupOwn(core, link) : undefined;
  const own = profile && (await deps.identity.verifyProfile(certificate, profile.bytes, { atMs: nowMs }))?.profile;
  const found = [published, before, own].filter((one) => one !== undefined);
  return found.reduce<Profile | undefined>(
    (best, one) => (best === undefined || one.sequence > best.sequence ? one : best),
    undefined,
  );
}

/** What directories are given. */
export async function publishedCertificate({ account, deps }: Core): Promise<Uint8Array> {
  const { certificate, attested } = account;
  return attested === undefined ? certificate : deps.identity.mergeCertificates(certificate, attested);
}
