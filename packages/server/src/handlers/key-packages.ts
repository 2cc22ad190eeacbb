// Key packages: stocked by a device's signature, claimed with a token that its identity gave away.
import { ApiError, deviceRequestBytes, limits, type OperationName, tokenHash } from "@p2pcrypt/api";
import { concatBytes } from "@p2pcrypt/bytes";
import type { Caller, Handlers, NodeContext } from "../context.ts";
import { takeOrRefuse } from "../rate-limits.ts";

type KeyPackageHandlers = Pick<Handlers, "keyPackage.publish" | "keyPackage.count" | "keyPackage.claim">;

export const keyPackageHandlers: KeyPackageHandlers = {
  "keyPackage.publish": async (context, request, caller) => {
    const device = await provenDevice(context, "keyPackage.publish", request, caller);
    const { identity, packages, lastResort, claimTokenHashes, replaces } = request;
    const stock = await context.deps.store.publishKeyPackages({
      identity,
      device,
      packages,
      lastResort,
      claimTokenHashes,
      replaces: replaces === true,
    });
    if (stock === "quota") throw new ApiError("quota");
    return { count: stock.count, hasLastResort: stock.hasLastResort };
  },

  "keyPackage.count": async (context, request, caller) => {
    const device = await provenDevice(context, "keyPackage.count", request, caller);
    return context.deps.store.keyPackageStock(request.identity, device);
  },

  "keyPackage.claim": async ({ deps, limiter, options }, { identity, device }, { capability }) => {
    if (capability === undefined) throw new ApiError("forbidden");
    takeOrRefuse(limiter, `claim ${identity}`, options.rateLimits.claims);
    const claimed = await deps.store.claimKeyPackages({ identity, tokenHash: tokenHash(capability), device });
    if (claimed === undefined) throw new ApiError("forbidden");
    if (claimed.length === 0) throw new ApiError("noKeyPackage");
    return { packages: [...claimed] };
  },
};

interface DeviceRequest {
  readonly identity: string;
  readonly certificate: Uint8Array;
  readonly deviceCertificate: Uint8Array;
  readonly proof: { readonly timeMs: number; readonly nonce: Uint8Array; readonly signature: Uint8Array };
}

/** Device id, when a device that the identity certifies signed exactly this request, for this node, now and for the first time (A2). */
async function provenDevice(
  context: NodeContext,
  operation: OperationName,
  request: DeviceRequest,
  caller: Caller,
): Promise<Uint8Array> {
  const { deps, options, limiter } = context;
  const { identity, certificate, deviceCertificate, proof } = request;
  const atMs = deps.clock.nowMs();
  if (Math.abs(proof.timeMs - atMs) > limits.REQUEST_WINDOW_MS) throw new ApiError("staleRequest");
  takeOrRefuse(limiter, `verify ${caller.address}`, options.rateLimits.verification);
  const device = await deps.checks.verifyDevice(certificate, deviceCertificate, { atMs });
  if (device === undefined || device.identityId !== identity) throw new ApiError("badCertificate");
  const signed = deviceRequestBytes({
    node: options.nodeId,
    operation,
    timeMs: proof.timeMs,
    nonce: proof.nonce,
    body: caller.signedBody(),
  });
  if (!deps.checks.verifySignature(device.signatureKey, signed, proof.signature)) throw new ApiError("badSignature");
  // Remembered by device, so that nobody uses up the nonces of another.
  const nonce = concatBytes(device.deviceId, proof.nonce);
  if (!(await deps.store.useNonce(nonce, proof.timeMs + 2 * limits.REQUEST_WINDOW_MS))) throw new ApiError("staleRequest");
  return device.deviceId;
}
