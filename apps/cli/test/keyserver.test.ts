// A running node as a keyserver, spoken to by the programs that people have: gpg, sq and curl. Each is skipped when it is not installed.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  certifyUserId,
  createSecretIdentity,
  parseArmoredCertificate,
  revokeCertification,
  type SecretIdentity,
} from "@p2pcrypt/identity";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type NodeProcess, Place } from "./support/processes.ts";

const has = (program: string): boolean => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
const NOW = Math.floor(Date.now() / 1000) * 1000 - 60_000;

let place: Place;
let node: NodeProcess;
/** gpg's homes: their sockets need short paths. */
const homes = mkdtempSync(join(tmpdir(), "hkp-"));
beforeAll(async () => {
  place = new Place();
  node = await place.node();
});
afterAll(async () => {
  await place.end();
  rmSync(homes, { recursive: true, force: true });
});

/** Somebody's gpg, with a home of its own. */
class Gpg {
  readonly home: string;

  constructor(name: string) {
    this.home = join(homes, name);
    mkdirSync(this.home, { mode: 0o700 });
  }

  run(...args: readonly string[]): { readonly status: number | null; readonly out: string } {
    const server = ["--keyserver", `hkp://127.0.0.1:${node.port}`];
    const all = [
      "--homedir",
      this.home,
      "--batch",
      "--yes",
      "--pinentry-mode",
      "loopback",
      "--passphrase",
      "",
      ...server,
      ...args,
    ];
    const { status, stdout } = spawnSync("gpg", all, { encoding: "utf8", timeout: 50_000 });
    return { status, out: stdout };
  }

  make(userId: string): string {
    this.run("--quick-generate-key", userId, "ed25519", "default", "never");
    return this.fingerprint(userId);
  }

  fingerprint(userId: string): string {
    return /^fpr:+([0-9A-F]+):/m.exec(this.run("--list-keys", "--with-colons", `=${userId}`).out)?.[1] ?? "";
  }

  end(): void {
    execFileSync("gpgconf", ["--homedir", this.home, "--kill", "all"], { stdio: "ignore" });
  }
}

async function add(secret: SecretIdentity): Promise<number> {
  const body = new URLSearchParams({ keytext: secret.certificate.armored() });
  return (await fetch(`${node.url}/pks/add`, { method: "POST", body })).status;
}

const lookup = (op: string, search: string): Promise<Response> =>
  fetch(`${node.url}/pks/lookup?op=${op}&options=mr&search=${encodeURIComponent(search)}`);

describe.skipIf(!has("gpg") || !has("dirmngr"))("D10: gpg against a node (skipped when gpg or dirmngr is not installed)", () => {
  const [ana, ben] = [new Gpg("ana"), new Gpg("ben")];
  afterAll(() => {
    ana.end();
    ben.end();
  });

  it("D10: sends, searches, receives and refreshes keys, revocation included", () => {
    const userId = "Ana Lima <ana@example.org>";
    const fingerprint = ana.make(userId);
    expect(ana.run("--send-keys", fingerprint).status).toBe(0);
    for (const search of ["ana@example.org", "<ANA@example.org>", `=${userId}`, fingerprint, `0x${fingerprint.slice(-16)}`]) {
      const found = ben.run("--with-colons", "--search-keys", search);
      expect(found.out, search).toContain(`pub:${fingerprint}:22`);
      expect(found.out).toContain("uid:Ana Lima <ana@example.org>");
    }
    expect(ben.run("--with-colons", "--search-keys", "ana").out).not.toContain("pub:");
    expect(ben.run("--recv-keys", fingerprint).status).toBe(0);
    expect(ben.run("--list-keys", fingerprint).out).toContain(userId);
    ana.run("--quick-add-uid", fingerprint, "Ana Second <second@example.org>");
    ana.run("--quick-revoke-uid", fingerprint, userId);
    expect(ana.run("--send-keys", fingerprint).status).toBe(0);
    expect(ben.run("--refresh-keys").status).toBe(0);
    expect(ben.run("--list-keys", "--with-colons", fingerprint).out).toMatch(/^uid:r:.*ana@example.org/m);
    expect(ben.run("--list-keys", fingerprint).out).toContain("Ana Second");
    expect(ben.run("--recv-keys", "A".repeat(40)).status).not.toBe(0);
  });

  it("D9: an address whose owner says no, in a notation that gpg makes, is not found", () => {
    const fingerprint = ana.make("Quiet");
    ana.run("--cert-notation", "findable@p2pcrypt=no", "--quick-add-uid", fingerprint, "Quiet <quiet@example.org>");
    expect(ana.run("--send-keys", fingerprint).status).toBe(0);
    expect(ben.run("--with-colons", "--search-keys", "quiet@example.org").out).not.toContain("pub:");
    expect(ben.run("--with-colons", "--search-keys", fingerprint).out).toContain("uid:Quiet <quiet@example.org>");
  });

  it("D10: what we publish with an attested certification and its revocation is read by gpg", async () => {
    const [carol, dave] = await Promise.all(["Carol", "Dave"].map((name) => createSecretIdentity({ name, nowMs: NOW })));
    if (carol === undefined || dave === undefined) throw new Error("two are expected");
    const on = { target: carol.certificate, userId: "Carol" };
    const certified = await carol.mergedWith(await certifyUserId(dave, on, { isExportable: true }, NOW), NOW);
    expect([await add(dave), await add(certified)]).toEqual([200, 200]);
    const [keyId, id] = [dave, carol].map(({ certificate }) => certificate.fingerprint);
    const signatures = (): string => {
      // By default gpg drops what others signed from everything that a keyserver gives it.
      const keeping = ["--keyserver-options", "no-self-sigs-only,no-import-clean"];
      expect(ben.run(...keeping, "--recv-keys", keyId ?? "", id ?? "").status).toBe(0);
      return ben.run("--check-sigs", "--with-colons", id ?? "").out;
    };
    expect(signatures()).not.toContain(keyId?.slice(-16));
    expect(await add(await certified.attest("Carol", certified.certificate.certifications(), NOW + 1000))).toBe(200);
    expect(signatures()).toMatch(new RegExp(`^sig:!:.*${keyId?.slice(-16)}`, "m"));
    const cut = await revokeCertification(dave, { target: certified.certificate, userId: "Carol" }, "neverValid", NOW + 2000);
    expect(await add(await carol.mergedWith(cut, NOW + 2000))).toBe(200);
    expect(signatures()).toMatch(new RegExp(`^rev:!:.*${keyId?.slice(-16)}`, "m"));
  });
});

describe.skipIf(!has("sq"))("D10: sq against a node (skipped when sq is not installed)", () => {
  const sq = (...args: readonly string[]): string => execFileSync("sq", args, { stdio: ["ignore", "pipe", "ignore"] }).toString();

  it("D10: sends a key and gets it again by fingerprint and by address", () => {
    const file = (name: string): string => join(place.folder, name);
    sq("key", "generate", "--userid", "<eve@example.org>", "--export", file("eve.key"));
    sq("key", "extract-cert", "--output", file("eve.asc"), file("eve.key"));
    const fingerprint = /Fingerprint: ([0-9A-F]+)/.exec(sq("inspect", file("eve.asc")))?.[1] ?? "no fingerprint";
    const server = ["keyserver", "--policy", "insecure", "--server", `hkp://127.0.0.1:${node.port}`];
    sq(...server, "send", file("eve.asc"));
    for (const search of [fingerprint, "eve@example.org"]) {
      sq("--force", ...server, "get", "--output", file("got.asc"), search);
      expect(sq("inspect", file("got.asc"))).toContain(fingerprint);
    }
    expect(() => sq(...server, "get", "nobody@example.org")).toThrow();
  });
});

describe.skipIf(!has("curl"))("D10: curl against a node (skipped when curl is not installed)", () => {
  it("D10: adds and looks up", async () => {
    const frank = await createSecretIdentity({ name: "Frank", nowMs: NOW });
    const path = join(place.folder, "frank.asc");
    writeFileSync(path, frank.certificate.armored());
    const said = execFileSync("curl", ["-sS", "-f", "--data-urlencode", `keytext@${path}`, `${node.url}/pks/add`]).toString();
    expect(said).toBe("Kept: 1\n");
    const got = execFileSync("curl", ["-sS", "-f", `${node.url}/pks/lookup?op=get&search=0x${frank.certificate.fingerprint}`]);
    const certificate = await parseArmoredCertificate(got.toString(), { atMs: Date.now() });
    expect(certificate.id).toBe(frank.certificate.id);
    const missing = spawnSync("curl", [
      "-s",
      "-o",
      "/dev/null",
      "-w",
      "%{http_code}",
      `${node.url}/pks/lookup?op=get&search=Frank`,
    ]);
    expect(missing.stdout.toString()).toBe("404");
  });
});

describe("D10: a node as a keyserver", () => {
  it("D10: answers index and vindex alike, escapes names, and says 404, 501, 400 and 413 where they belong", async () => {
    const grace = await createSecretIdentity({ name: "Grace:\u202e100%", nowMs: NOW });
    expect(await add(await grace.setFindable("Grace:\u202e100%", true, NOW + 1000))).toBe(200);
    const [index, vindex] = await Promise.all(
      ["index", "vindex"].map(async (op) => (await lookup(op, "Grace:\u202e100%")).text()),
    );
    expect(index).toBe(`info:1:1\npub:${grace.certificate.fingerprint}:22::${NOW / 1000}::\nuid:Grace%3A%E2%80%AE100%25:::\n`);
    expect(vindex).toBe(index);
    const statuses = await Promise.all([
      lookup("get", "nobody"),
      lookup("get", "grace"),
      lookup("get", grace.certificate.fingerprint.slice(-8)),
      lookup("stats", "x"),
      fetch(`${node.url}/pks/lookup?op=get`),
      fetch(`${node.url}/pks/lookup?op=get&search=a&search=b`),
      fetch(`${node.url}/pks/add`, { method: "POST", body: new URLSearchParams({ keytext: "no key" }) }),
      fetch(`${node.url}/pks/add`, { method: "POST", body: "nothing=1" }),
      fetch(`${node.url}/pks/add`, { method: "POST", body: new URLSearchParams({ keytext: "x".repeat(600_000) }) }),
      fetch(`${node.url}/pks/add`),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([404, 404, 404, 501, 400, 400, 422, 400, 413, 405]);
  });
});
