// The directory for gpg, sq and curl (HKP). Searches are exact, and who tries many names is slowed down (D9); what comes in is judged like
// any other certificate.
import { ApiError, limits } from "@p2pcrypt/api";
import { encodeUtf8 } from "@p2pcrypt/bytes";
import type { Handlers, NodeContext } from "../context.ts";
import type { KeyserverView } from "../identity-checks.ts";
import { keyserverIndex } from "../keyserver-index.ts";
import { mergeIntoDirectory } from "../merge-into-directory.ts";
import { takeOrRefuse } from "../rate-limits.ts";

type KeyserverHandlers = Pick<Handlers, "keyserver.lookup" | "keyserver.add">;

export const keyserverHandlers: KeyserverHandlers = {
  "keyserver.lookup": async (context, { op, search }, caller) => {
    const view = viewOf(context);
    if (op !== "get" && op !== "index" && op !== "vindex") throw new ApiError("notOffered");
    const term = view.toTerm(search);
    if (term?.startsWith("uid ")) takeOrRefuse(context.limiter, `search ${caller.address}`, context.options.rateLimits.searches);
    const stored = term === undefined ? [] : await find(context, term);
    if (stored.length === 0) throw new ApiError("notFound");
    if (op === "get") return { contentType: "application/pgp-keys", text: stored.map((bytes) => view.armored(bytes)).join("") };
    const atMs = context.deps.clock.nowMs();
    const described = await Promise.all(stored.map((bytes) => view.describe(bytes, { atMs })));
    return {
      contentType: "text/plain; charset=utf-8",
      text: keyserverIndex(
        described.filter((one) => one !== undefined),
        atMs,
      ),
    };
  },

  "keyserver.add": async (context, { keytext }, caller) => {
    const view = viewOf(context);
    const certificates = await view.read(encodeUtf8(keytext));
    if (certificates === undefined || certificates.length === 0) throw new ApiError("badCertificate");
    if (certificates.length > limits.MAX_KEYSERVER_SUBMISSIONS) throw new ApiError("tooLarge");
    for (const certificate of certificates) {
      takeOrRefuse(context.limiter, `verify ${caller.address}`, context.options.rateLimits.verification);
      await mergeIntoDirectory(context, certificate);
    }
    return { contentType: "text/plain; charset=utf-8", text: `Kept: ${certificates.length}\n` };
  },
};

function viewOf({ deps }: NodeContext): KeyserverView {
  if (deps.checks.keyserver === undefined) throw new ApiError("notOffered");
  return deps.checks.keyserver;
}

/** Subkeys come second: anybody can claim a key for encryption as theirs, so they never stand beside the one whose primary key it is. */
async function find({ deps }: NodeContext, term: string): Promise<Uint8Array[]> {
  const { store } = deps;
  const primary = await store.identitiesByTerm(term, limits.MAX_KEYSERVER_RESULTS);
  const identities = primary.length > 0 ? primary : await store.identitiesByTerm(`sub ${term}`, limits.MAX_KEYSERVER_RESULTS);
  const found = await Promise.all(identities.map((identity) => store.certificate(identity)));
  return found.filter((bytes) => bytes !== undefined);
}
