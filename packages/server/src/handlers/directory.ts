// Certificates and profiles: free for everybody, rate-limited, and nothing is served that its owner did not sign or attest to.
import { ApiError } from "@p2pcrypt/api";
import type { Handlers } from "../context.ts";
import { mergeIntoDirectory } from "../merge-into-directory.ts";
import { takeOrRefuse } from "../rate-limits.ts";

type DirectoryHandlers = Pick<
  Handlers,
  "node.describe" | "identity.publish" | "identity.lookup" | "profile.publish" | "profile.lookup"
>;

const SERVICES = ["directory", "streams"];

export const directoryHandlers: DirectoryHandlers = {
  "node.describe": async ({ options, deps }) => ({
    node: options.nodeId,
    certificate: options.certificate,
    nodeKey: options.nodeKey,
    software: "p2pcrypt",
    version: options.version,
    services: [
      ...SERVICES,
      ...(deps.checks.keyserver === undefined ? [] : ["keyserver"]),
      ...(deps.blobs === undefined ? [] : ["blobs"]),
      ...(deps.relay === undefined ? [] : ["relay"]),
    ],
    limits: {
      streamBytes: options.streamQuotaBytes,
      ...(deps.blobs === undefined ? {} : { blobBytes: deps.blobs.maxBytes, blobRetentionMs: deps.blobs.retentionMs }),
    },
    publicUrl: options.publicUrl,
    timeMs: deps.clock.nowMs(),
  }),

  "identity.publish": async (context, { certificate }, caller) => {
    takeOrRefuse(context.limiter, `verify ${caller.address}`, context.options.rateLimits.verification);
    return { identity: await mergeIntoDirectory(context, certificate) };
  },

  "identity.lookup": async ({ deps }, { identity }) => {
    const certificate = await deps.store.certificate(identity);
    if (certificate === undefined) throw new ApiError("notFound");
    return { certificate: deps.checks.servedCertificate(certificate) };
  },

  "profile.publish": async (context, { certificate, profile }, caller) => {
    const { deps } = context;
    takeOrRefuse(context.limiter, `verify ${caller.address}`, context.options.rateLimits.verification);
    const atMs = deps.clock.nowMs();
    const read = await deps.checks.readCertificate(certificate, { atMs });
    const verified = read === undefined ? undefined : await deps.checks.verifyProfile(certificate, profile, { atMs });
    if (read === undefined || verified === undefined || verified.sequence > MAX_SEQUENCE) throw new ApiError("badCertificate");
    // Nothing of a profile that is refused is kept, so its certificate is merged last but one.
    const known = await deps.store.profile(read.id);
    if (known !== undefined && known.sequence > Number(verified.sequence))
      throw new ApiError("olderProfile", { sequence: known.sequence });
    await mergeIntoDirectory(context, certificate);
    const { kind, sequence } = await deps.store.putProfile(read.id, { profile, sequence: Number(verified.sequence) });
    if (kind === "older") throw new ApiError("olderProfile", { sequence });
    return { sequence };
  },

  "profile.lookup": async ({ deps }, { identity }) => {
    const certificate = await deps.store.certificate(identity);
    const stored = await deps.store.profile(identity);
    if (certificate === undefined || stored === undefined) throw new ApiError("notFound");
    return { certificate: deps.checks.servedCertificate(certificate), profile: stored.profile };
  },
};

const MAX_SEQUENCE = BigInt(Number.MAX_SAFE_INTEGER);
