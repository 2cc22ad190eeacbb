// One configuration for every call into openpgp: strict limits on hostile input, weak algorithms absent (I4, I10).
import * as openpgp from "openpgp";

const { enums } = openpgp;

export const MIN_RSA_BITS = 2048;

/** How far ahead of the reader's clock a signature may have been made. */
export const CLOCK_TOLERANCE_MS = 5 * 60_000;

export const OPENPGP_CONFIG: openpgp.Config = {
  ...openpgp.config,
  showVersion: false,
  showComment: false,
  minRSABits: MIN_RSA_BITS,
  maxDecompressedMessageSize: 1024 * 1024,
  maxArgon2MemoryExponent: 18,
  maxUserIDLength: 512,
  nonDeterministicSignaturesViaNotation: false,
  v6Keys: false,
  enableParsingV5Entities: false,
  preferredHashAlgorithm: enums.hash.sha512,
  s2kType: enums.s2k.iterated,
  rejectHashAlgorithms: new Set([enums.hash.md5, enums.hash.ripemd, enums.hash.sha1]),
  rejectMessageHashAlgorithms: new Set([enums.hash.md5, enums.hash.ripemd, enums.hash.sha1]),
  rejectPublicKeyAlgorithms: new Set([enums.publicKey.elgamal, enums.publicKey.dsa]),
};

/** For signed objects: their one critical notation is known, any other is not. */
export const OBJECT_NOTATION = "purpose@p2pcrypt";
export const OBJECT_CONFIG: openpgp.Config = { ...OPENPGP_CONFIG, knownNotations: [OBJECT_NOTATION] };
