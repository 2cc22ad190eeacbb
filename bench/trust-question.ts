// One question about one keyring, in a process of its own, so that memory is that of the question: KEYRING CACHE ROOT TARGET USERID. The
// cache is read if it is there and written if it is not. Prints one line of JSON.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { KeyringNetwork } from "@p2pcrypt/trust";

const [keyringPath = "", cachePath = "", root = "", fingerprint = "", userId = ""] = process.argv.slice(2);
const startedMs = performance.now();
const cached = existsSync(cachePath) ? readFileSync(cachePath) : undefined;
const keyring = await KeyringNetwork.open(readFileSync(keyringPath), cached);
const question = { roots: [{ fingerprint: root, amount: 120 }], target: { fingerprint, userId }, atMs: Date.now() };
const { amount, paths } = await keyring.authenticate(question);
const tookMs = performance.now() - startedMs;
const againMs = performance.now();
await keyring.authenticate(question);
const repeatedMs = performance.now() - againMs;
if (cached === undefined) writeFileSync(cachePath, keyring.cache());
const { maxRSS } = process.resourceUsage();
console.log(
  JSON.stringify({
    tookMs,
    repeatedMs,
    amount,
    paths: paths.length,
    verifications: keyring.verifications,
    rssMib: maxRSS / 1024,
  }),
);
