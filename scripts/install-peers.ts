// Debian's programs that tests compare with, or use as strangers would: fetched where that is allowed. What is missing all the same is
// skipped by the tests that need it, by name. As root on Debian and its kin; P2PCRYPT_INSTALL=0 says no.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** Program that shows that it is there, and the package that brings it. */
const PEERS: Readonly<Record<string, string>> = {
  chromium: "chromium",
  curl: "curl",
  "firefox-esr": "firefox-esr",
  gpg: "gnupg",
  sq: "sq",
  "sq-wot": "sq-wot",
  turnutils_uclient: "coturn",
};

export function mayInstall(env: NodeJS.ProcessEnv = process.env): boolean {
  return process.getuid?.() === 0 && existsSync("/usr/bin/apt-get") && env["P2PCRYPT_INSTALL"] !== "0";
}

/** Fetches packages; says what it does, and fails silently: who needs them looks again. */
export function install(packages: readonly string[]): void {
  console.error(`apt-get install ${packages.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  for (const args of [
    ["update", "-q"],
    ["install", "-y", "--no-install-recommends", ...packages],
  ]) {
    spawnSync("/usr/bin/apt-get", args, { stdio: ["ignore", "ignore", "inherit"], env });
  }
}

if (import.meta.main && mayInstall()) {
  const folders = (process.env["PATH"] ?? "").split(":");
  const missing = Object.entries(PEERS).filter(([program]) => !folders.some((folder) => existsSync(join(folder, program))));
  if (missing.length > 0) install([...new Set(missing.map(([, name]) => name))]);
}
