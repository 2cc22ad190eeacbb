// The directory as gpg, sq and curl speak to it: HKP (draft-shaw-openpgp-hkp-00; spec/protocol/api.md section 8).
import * as z from "zod/mini";
import { MAX_KEYSERVER_FORM_BYTES, MAX_SEARCH_CHARACTERS } from "./limits.ts";
import type { Operation } from "./operation.ts";

const answer = z.strictObject({ contentType: z.string().check(z.maxLength(100)), text: z.string() });

export const keyserverOperations = {
  "keyserver.lookup": {
    method: "GET",
    path: "/pks/lookup",
    summary:
      "Certificates by fingerprint, key id, whole e-mail address, or a name that its owner lets be found; exact matches only.",
    capability: "none",
    maxBodyBytes: 0,
    request: z.strictObject({
      op: z.string().check(z.maxLength(20)),
      search: z.string().check(z.minLength(1), z.maxLength(MAX_SEARCH_CHARACTERS)),
    }),
    response: answer,
    errors: ["notFound", "notOffered"],
    isKeyserver: true,
  },
  "keyserver.add": {
    method: "POST",
    path: "/pks/add",
    summary: "Merges armored certificates into the directory.",
    capability: "none",
    maxBodyBytes: MAX_KEYSERVER_FORM_BYTES,
    request: z.strictObject({ keytext: z.string().check(z.minLength(1), z.maxLength(MAX_KEYSERVER_FORM_BYTES)) }),
    response: answer,
    errors: ["badCertificate", "quota", "storageFull", "notOffered"],
    isKeyserver: true,
  },
} as const satisfies Record<string, Operation>;
