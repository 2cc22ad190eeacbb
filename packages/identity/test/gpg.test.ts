// Exchange with GnuPG, when it is installed.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createSecretIdentity, importSecretKey, PURPOSES, recoverySeedOf, signObject, verifyObject } from "../src/index.ts";

const hasGpg = ((): boolean => {
  try {
    execFileSync("gpg", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasGpg)("with gpg (skipped when gpg is not installed)", () => {
  const home = mkdtempSync(join(tmpdir(), "gpg-"));
  afterAll(() => {
    execFileSync("gpgconf", ["--homedir", home, "--kill", "gpg-agent"], { stdio: "ignore" });
    rmSync(home, { recursive: true, force: true });
  });
  const gpg = (args: readonly string[], input?: Uint8Array): Buffer =>
    execFileSync("gpg", ["--homedir", home, "--batch", "--pinentry-mode", "loopback", "--passphrase", "open sesame", ...args], {
      stdio: ["pipe", "pipe", "ignore"],
      ...(input === undefined ? {} : { input }),
    });

  it.each(["rsa3072", "ed25519"])("takes over a secret key that gpg made (%s), and signs with it", async (algorithm) => {
    const name = `Grace ${algorithm}`;
    gpg(["--quick-generate-key", name, algorithm, "default", "never"]);
    const exported = gpg(["--export-secret-keys", "--armor", name]);
    const fingerprint = /^fpr:+([0-9A-F]+):/m.exec(gpg(["--list-keys", "--with-colons", name]).toString())?.[1];
    const nowMs = Date.now();
    await expect(importSecretKey(exported, undefined, { nowMs })).rejects.toMatchObject({ code: "secretKey/needsPassphrase" });
    await expect(importSecretKey(exported, "wrong", { nowMs })).rejects.toMatchObject({ code: "secretKey/wrongPassphrase" });
    const secret = await importSecretKey(exported, "open sesame", { nowMs });
    expect([secret.certificate.name, secret.certificate.fingerprint]).toEqual([name, fingerprint]);
    expect(secret.certificate.minimal().length).toBeLessThanOrEqual(4096);
    const signature = await signObject(secret, PURPOSES.profile, Uint8Array.of(1), nowMs);
    expect(await verifyObject(secret.certificate, PURPOSES.profile, Uint8Array.of(1), signature, { atMs: nowMs })).toBe(true);
    expect(recoverySeedOf(secret) !== undefined).toBe(algorithm === "ed25519");
    const renamed = await secret.rename("Grace Hopper", nowMs);
    gpg(["--import"], Buffer.from(renamed.certificate.armored()));
    expect(gpg(["--list-keys", fingerprint ?? ""]).toString()).toContain("Grace Hopper");
  });

  it("reads a secret key that we export, and the certificate alone", async () => {
    const secret = await createSecretIdentity({ name: "Ada", nowMs: Date.now() - 5000 });
    const file = join(home, "ada.asc");
    writeFileSync(file, await secret.exportForGpg("open sesame"));
    gpg(["--import", file]);
    expect(gpg(["--list-secret-keys", secret.certificate.fingerprint]).toString()).toContain("Ada");
    const signed = gpg(["--local-user", secret.certificate.fingerprint, "--clearsign"], Buffer.from("text"));
    expect(signed.toString()).toContain("BEGIN PGP SIGNATURE");
    const back = await importSecretKey(gpg(["--export-secret-keys", secret.certificate.fingerprint]), "open sesame", {
      nowMs: Date.now(),
    });
    expect(back.certificate.id).toBe(secret.certificate.id);
  });

  it("refuses a file that is not one secret key, by name", async () => {
    const nowMs = Date.now();
    await expect(importSecretKey(Buffer.from("not a key"), undefined, { nowMs })).rejects.toMatchObject({
      code: "secretKey/malformed",
    });
    const certificate = (await createSecretIdentity({ name: "Ada", nowMs })).certificate;
    const armored = Buffer.from(certificate.armored());
    await expect(importSecretKey(armored, undefined, { nowMs })).rejects.toMatchObject({ code: "secretKey/malformed" });
    gpg(["--quick-generate-key", "Stub", "ed25519", "default", "never"]);
    gpg([
      "--quick-add-key",
      /^fpr:+([0-9A-F]+):/m.exec(gpg(["--list-keys", "--with-colons", "Stub"]).toString())?.[1] ?? "",
      "ed25519",
      "sign",
    ]);
    const subkeysOnly = gpg(["--export-secret-subkeys", "Stub"]);
    await expect(importSecretKey(subkeysOnly, "open sesame", { nowMs })).rejects.toMatchObject({ code: "secretKey/noPrimary" });
  });
});
