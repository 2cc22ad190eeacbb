// What every node store must do with what is not a stream: certificates, profiles, key packages, nonces, notes.
import { equalBytes } from "@p2pcrypt/bytes";
import { check, fill, type NodeStoreCase } from "./case.ts";
import { type CertificateEntry, MAX_SEARCH_TERMS, type NodeStore } from "./node-store.ts";

function entry(fingerprint: string, value: number, terms: readonly string[] = []): CertificateEntry {
  return { bytes: fill(value), fingerprint, terms };
}

export const directoryCases: readonly NodeStoreCase[] = [
  {
    name: "certificates are replaced only when nobody else did, and identities are counted",
    run: async (store) => {
      check((await store.putCertificate("a", entry("A", 1), undefined)) === "stored", "stored");
      check((await store.putCertificate("a", entry("A", 2), undefined)) === "changed", "changed");
      check((await store.putCertificate("a", entry("A", 2), fill(1))) === "stored", "replaced");
      check(equalBytes((await store.certificate("a")) ?? fill(0), fill(2)), "read");
      await store.putCertificate("b", entry("B", 1), undefined);
      await store.putCertificate("c", entry("C", 1), undefined);
      check((await store.putCertificate("d", entry("D", 1), undefined)) === "quota", "quota");
      check((await store.usage()).identities === 3, "three");
    },
  },
  {
    name: "D9: identities are found by exactly their present terms, and by no part of one",
    run: async (store) => {
      await store.putCertificate("b", entry("B", 1, ["kid 1", "uid ana"]), undefined);
      await store.putCertificate("a", entry("A", 1, ["kid 1", "uid ana", "uid ana"]), undefined);
      const found = async (term: string, limit = 10): Promise<string> => (await store.identitiesByTerm(term, limit)).join();
      check((await found("uid ana")) === "a,b" && (await found("uid ana", 1)) === "a", "in order, up to the limit");
      for (const part of ["uid an", "uid ana ", "uid %", "uid*", "", "%", "uid Ana"]) check((await found(part)) === "", part);
      await store.putCertificate("a", entry("A", 2, ["kid 1"]), fill(1));
      check((await found("uid ana")) === "b" && (await found("kid 1")) === "a,b", "a term that is gone finds nothing");
      const many = Array.from({ length: MAX_SEARCH_TERMS + 5 }, (_, i) => `uid ${i}`);
      await store.putCertificate("c", entry("C", 1, many), undefined);
      check(
        (await found(`uid ${MAX_SEARCH_TERMS - 1}`)) === "c" && (await found(`uid ${MAX_SEARCH_TERMS}`)) === "",
        "up to the limit",
      );
    },
  },
  {
    name: "a fingerprint belongs to the identity that had it first",
    run: async (store) => {
      await store.putCertificate("a", entry("A", 1), undefined);
      check((await store.putCertificate("b", entry("A", 1), undefined)) === "collision", "another identity");
      check((await store.certificate("b")) === undefined, "nothing stored");
      check((await store.putCertificate("a", entry("A", 2), fill(1))) === "stored", "the same identity");
    },
  },
  {
    name: "D4: a lower profile sequence never replaces a higher one, and of two equal ones the first stays",
    run: async (store) => {
      const put = (sequence: number, byte: number): ReturnType<NodeStore["putProfile"]> =>
        store.putProfile("a", { sequence, profile: fill(byte) });
      check(
        (await put(5, 1)).kind === "stored" && (await put(4, 2)).kind === "older" && (await put(5, 1)).kind === "same",
        "order",
      );
      check((await put(5, 3)).kind === "older", "another one of the same number");
      check((await store.profile("a"))?.profile[0] === 1, "the first");
      check((await put(6, 4)).kind === "stored" && (await store.profile("a"))?.sequence === 6, "newer");
      check((await store.profile("b")) === undefined, "unknown");
    },
  },
  {
    name: "a one-time key package is given once, the last-resort one only when nothing else is left, both only to who holds a token",
    run: async (store) => {
      const [device, other] = [fill(1, 16), fill(2, 16)];
      const publication = {
        identity: "a",
        device,
        packages: [fill(1), fill(2)],
        lastResort: fill(9),
        claimTokenHashes: [fill(7)],
        replaces: false,
      };
      const stock = await store.publishKeyPackages(publication);
      check(stock !== "quota" && stock.count === 2 && stock.hasLastResort && !stock.wasLastResortUsed, "stock");
      await store.publishKeyPackages({ identity: "a", device: other, packages: [fill(3)], replaces: false });
      const claim = async (token = fill(7)): Promise<string | undefined> =>
        (await store.claimKeyPackages({ identity: "a", tokenHash: token }))
          ?.map(({ keyPackage, isLastResort }) => `${keyPackage[0]}${isLastResort ? "!" : ""}`)
          .join();
      check((await claim(fill(8))) === undefined, "a wrong token");
      check(
        (await claim()) === "1,3" && (await claim()) === "2" && (await claim()) === "9!" && (await claim()) === "9!",
        "order",
      );
      check((await store.keyPackageStock("a", device)).wasLastResortUsed, "the use is told");
      await store.publishKeyPackages({
        identity: "a",
        device,
        packages: [fill(4)],
        lastResort: fill(8),
        claimTokenHashes: [],
        replaces: true,
      });
      check((await claim()) === undefined, "a withdrawn token");
    },
  },
  {
    name: "A2: a nonce is used once, until it may be forgotten",
    run: async (store) => {
      check((await store.useNonce(fill(1), 100)) && !(await store.useNonce(fill(1), 100)), "once");
      await store.expire(99, 10);
      check(!(await store.useNonce(fill(1), 100)), "still known");
      check((await store.expire(100, 10)) === 1 && (await store.useNonce(fill(1), 200)), "forgotten");
    },
  },
  {
    name: "keeps notes",
    run: async (store) => {
      check((await store.note("x")) === undefined, "none");
      await store.putNote("x", fill(1));
      await store.putNote("x", fill(2));
      check((await store.note("x"))?.[0] === 2, "the last one");
    },
  },
];
