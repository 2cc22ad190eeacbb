// The slow parts of a client, done by the compute worker.
import { type DeriveKey, type IdentityPort, openPgpIdentity } from "@p2pcrypt/client";
import type { Caller } from "../protocol/caller.ts";
import type { ComputeOperations } from "../protocol/compute-protocol.ts";

/** `compute` is asked for when the first work comes. */
export function remoteCompute(compute: () => Caller<ComputeOperations>): {
  readonly identity: IdentityPort;
  readonly deriveKey: DeriveKey;
} {
  return {
    deriveKey: (request) => compute().call("deriveKey", request),
    identity: {
      // What sees a secret key stays here.
      ...openPgpIdentity,
      readCertificate: (...args) => compute().call("readCertificate", args),
      mergeCertificates: (...args) => compute().call("mergeCertificates", args),
      armorCertificate: (...args) => compute().call("armorCertificate", args),
      verifyObject: (...args) => compute().call("verifyObject", args),
      verifyDevice: (...args) => compute().call("verifyDevice", args),
      verifyProfile: (...args) => compute().call("verifyProfile", args),
      verifyNodeKey: (...args) => compute().call("verifyNodeKey", args),
      verifyCredential: (...args) => compute().call("verifyCredential", args),
    },
  };
}
