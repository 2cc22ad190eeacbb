// Debian's sq-wot 0.2, asked about a keyring: the other implementation of the same semantics.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const hasSqWot = ((): boolean => {
  try {
    return execFileSync("sq-wot", ["--version"], { encoding: "utf8" }).includes("sq-wot 0.2.");
  } catch {
    return false;
  }
})();

export interface OracleBinding {
  readonly fingerprint: string;
  readonly userId: string;
  /** Of 120, rounded down: sq-wot does not print the sum itself. */
  readonly percent: number;
  /** `amount` is undefined when there is one path only. */
  readonly paths: readonly { readonly amount: number | undefined; readonly certificates: readonly string[] }[];
}

export interface OracleQuestion {
  readonly keyring: Uint8Array;
  readonly roots: readonly string[];
  /** Fingerprints with gpg's words for owner trust; sq-wot takes 4 as 40 and 5 as 120 of roots that the others reach. */
  readonly ownerTrust?: readonly (readonly [fingerprint: string, level: 4 | 5 | 6])[];
  readonly sought: number;
}

/** Every binding with an amount above 0. */
export function askSqWot({ keyring, roots, ownerTrust, sought }: OracleQuestion): OracleBinding[] {
  const folder = mkdtempSync(join(tmpdir(), "sq-wot-"));
  try {
    const file = join(folder, "keyring.pgp");
    writeFileSync(file, keyring);
    const args = ["--keyring", file, ...roots.flatMap((root) => ["--trust-root", root])];
    let path = process.env["PATH"] ?? "";
    if (ownerTrust !== undefined) {
      // sq-wot asks gpg for owner trust. This one answers in its place, and needs no key of anybody.
      const fake = join(folder, "bin");
      mkdirSync(fake);
      const lines = ownerTrust.map(([fingerprint, level]) => `${fingerprint}:${level}:`).join("\\n");
      writeFileSync(join(fake, "gpg"), `#!/bin/sh\nprintf '${lines}\\n'\n`);
      chmodSync(join(fake, "gpg"), 0o755);
      path = `${fake}:${path}`;
      args.push("--gpg-ownertrust");
    }
    const { stdout, stderr, status } = spawnSync("sq-wot", [...args, "list", "--trust-amount", String(sought)], {
      encoding: "utf8",
      maxBuffer: 1 << 30,
      env: { ...process.env, PATH: path },
    });
    // 1 says that nothing reached the amount that was sought.
    if (status !== 0 && status !== 1) throw new Error(`sq-wot ended with ${status}: ${stderr}`);
    if (stderr.includes("panicked")) throw new Error(stderr);
    return parseListing(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Building {
  readonly fingerprint: string;
  readonly userId: string;
  readonly percent: number;
  readonly paths: { amount: number | undefined; certificates: string[] }[];
}

function parseListing(text: string): OracleBinding[] {
  const found: Building[] = [];
  for (const line of text.split("\n")) {
    const head = /^\[.\] ([0-9A-F]{40,64}) (.*): \w+ authenticated \((\d+)%\)$/.exec(line);
    if (head !== null) {
      found.push({ fingerprint: head[1] ?? "", userId: head[2] ?? "", percent: Number(head[3]), paths: [] });
      continue;
    }
    const paths = found.at(-1)?.paths;
    const amount = /^ {2}Path #\d+ of \d+, trust amount (\d+):$/.exec(line)?.[1];
    if (amount !== undefined) paths?.push({ amount: Number(amount), certificates: [] });
    const step = /^ +([◯├└]) ([0-9A-F]{40,64})/u.exec(line);
    if (step === null) continue;
    if (step[1] === "◯" && paths?.at(-1)?.certificates.length !== 0) paths?.push({ amount: undefined, certificates: [] });
    paths?.at(-1)?.certificates.push(step[2] ?? "");
  }
  return found;
}
