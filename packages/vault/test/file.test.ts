import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { deriveKeyArgon2id } from "../src/argon2.ts";
import { vaultStoreCases } from "../src/conformance.ts";
import { openFileVault } from "../src/file.ts";
import { Vault } from "../src/index.ts";

const deps = { random: (length: number) => new Uint8Array(randomBytes(length)), deriveKey: deriveKeyArgon2id };
const key = { kind: "key", key: new Uint8Array(32).fill(5) } as const;
let root: string;
let home: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "vault-"));
  home = join(root, "home");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("the file store", () => {
  it.each(vaultStoreCases)("$name", async ({ run }) => {
    const store = openFileVault({ home, nowMs: 1 });
    await run(store);
    await store.close();
  });

  it("C3: home and file are the owner's alone, whatever the umask; links are refused", async () => {
    const before = process.umask(0);
    try {
      const store = openFileVault({ home, nowMs: 1 });
      await store.apply([{ key: Uint8Array.of(1), value: Uint8Array.of(1) }]);
      expect(statSync(home).mode & 0o777).toBe(0o700);
      for (const name of ["vault.sqlite", "vault.sqlite-wal", "vault.sqlite-shm"]) {
        if (existsSync(join(home, name))) expect(statSync(join(home, name)).mode & 0o777, name).toBe(0o600);
      }
      await store.close();
      chmodSync(home, 0o755);
      await openFileVault({ home, nowMs: 1 }).close();
      expect(statSync(home).mode & 0o777).toBe(0o700);
    } finally {
      process.umask(before);
    }
    symlinkSync(home, join(root, "link"));
    expect(() => openFileVault({ home: join(root, "link"), nowMs: 1 })).toThrow("vault/unsafeHome");
    writeFileSync(join(root, "file"), "");
    expect(() => openFileVault({ home: join(root, "file"), nowMs: 1 })).toThrow("vault/unsafeHome");
  });

  it("C5: a second writer is refused, may take over, and then every write of the first fails and changes nothing", async () => {
    const first = openFileVault({ home, nowMs: 1 });
    await first.apply([{ key: Uint8Array.of(1), value: Uint8Array.of(1) }]);
    expect(() => openFileVault({ home, nowMs: 2 })).toThrow("vault/inUse");
    const second = openFileVault({ home, nowMs: 2, takeOver: true });
    expect([first.isTakenOver, second.isTakenOver]).toEqual([true, false]);
    await expect(first.apply([{ key: Uint8Array.of(1), value: Uint8Array.of(2) }])).rejects.toMatchObject({
      code: "vault/takenOver",
    });
    expect(await second.get(Uint8Array.of(1))).toEqual(Uint8Array.of(1));
    await first.close();
    expect(() => openFileVault({ home, nowMs: 3 })).toThrow("vault/inUse");
    await second.close();
    await openFileVault({ home, nowMs: 4 }).close();
  });

  it("C5: a process that was killed holds nothing", async () => {
    const script = `
      const { openFileVault } = await import(${JSON.stringify(new URL("../src/file.ts", import.meta.url).href)});
      await openFileVault({ home: process.argv[1], nowMs: 1 }).apply([{ key: Uint8Array.of(1), value: Uint8Array.of(7) }]);
      console.log("open");
      process.stdin.resume();`;
    const child = spawn(process.execPath, ["--conditions=source", "--input-type=module", "-e", script, home], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    await once(child.stdout, "data");
    expect(() => openFileVault({ home, nowMs: 2 })).toThrow("vault/inUse");
    child.kill("SIGKILL");
    await once(child, "exit");
    const store = openFileVault({ home, nowMs: 3 });
    expect(await store.get(Uint8Array.of(1))).toEqual(Uint8Array.of(7));
    await store.close();
  });

  it("names a file that is no vault, and one of a newer version, and leaves both alone", async () => {
    await openFileVault({ home, nowMs: 1 }).close();
    const file = join(home, "vault.sqlite");
    execFileSync(
      process.execPath,
      ["-e", `new (require("node:sqlite").DatabaseSync)(process.argv[1]).exec("PRAGMA user_version = 99")`, file],
      {
        stdio: ["ignore", "ignore", "ignore"],
      },
    );
    expect(() => openFileVault({ home, nowMs: 2 })).toThrow("vault/newer");
    rmSync(file);
    writeFileSync(file, "this is not a database, and long enough to be looked at as one".repeat(100));
    const before = readFileSync(file);
    expect(() => openFileVault({ home, nowMs: 2 })).toThrow("vault/damaged");
    expect(readFileSync(file)).toEqual(before);
  });

  it("W5: a vault under a passphrase opens with Argon2id and its plaintext is nowhere in the file", async () => {
    const vault = await Vault.create(openFileVault({ home, nowMs: 1 }), deps, {
      kind: "passphrase",
      passphrase: "correct horse",
    });
    const batch = vault.batch();
    batch.put("s", "name", Buffer.from("canary-value"));
    await batch.commit();
    await vault.close();
    expect(readFileSync(join(home, "vault.sqlite")).includes("canary")).toBe(false);
    const store = openFileVault({ home, nowMs: 2 });
    await expect(Vault.open(store, deps, { kind: "passphrase", passphrase: "wrong" })).rejects.toMatchObject({
      code: "vault/wrongPassphrase",
    });
    const again = await Vault.open(store, deps, { kind: "passphrase", passphrase: "correct horse" });
    expect(await again.get("s", "name")).toEqual(new Uint8Array(Buffer.from("canary-value")));
    await again.changeProtection(key);
    await again.close();
    expect(await Vault.protection(openFileVault({ home, nowMs: 3 }))).toBe("key");
  });
});
