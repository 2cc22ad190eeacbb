// The compute worker's handlers: no state, nothing kept.
import { openPgpIdentity } from "@p2pcrypt/client";
import { deriveKeyArgon2id } from "@p2pcrypt/vault/argon2";
import type { ComputeOperations } from "../protocol/compute-protocol.ts";
import type { Handlers } from "../protocol/serve.ts";

export const computeHandlers: Handlers<ComputeOperations> = {
  deriveKey: (request) => deriveKeyArgon2id(request),
  readCertificate: (args) => openPgpIdentity.readCertificate(...args),
  mergeCertificates: (args) => openPgpIdentity.mergeCertificates(...args),
  armorCertificate: (args) => openPgpIdentity.armorCertificate(...args),
  verifyObject: (args) => openPgpIdentity.verifyObject(...args),
  verifyDevice: (args) => openPgpIdentity.verifyDevice(...args),
  verifyProfile: (args) => openPgpIdentity.verifyProfile(...args),
  verifyNodeKey: (args) => openPgpIdentity.verifyNodeKey(...args),
  verifyCredential: (args) => openPgpIdentity.verifyCredential(...args),
};
