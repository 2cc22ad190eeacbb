// Installs the built packages into an empty project, as a stranger would, without running any install script, and uses them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { capture } from "./process.ts";
import { BUNDLED_ONLY, DEVELOPMENT_ONLY, readWorkspaces, root } from "./workspaces.ts";

const PROGRAM = `
import { createSecretIdentity, sixtyDigits } from "@p2pcrypt/identity";
import { createXWingCrypto, generateInboxKey, openFromInbox, sealToInbox } from "@p2pcrypt/session";
import { createClient, hasIdentity } from "@p2pcrypt/client";
import { createNode } from "@p2pcrypt/server";
import { openSqliteNodeStore } from "@p2pcrypt/storage-sqlite";
import { Vault } from "@p2pcrypt/vault";
import { MemoryVaultStore } from "@p2pcrypt/vault/memory";

const random = (length) => crypto.getRandomValues(new Uint8Array(length));
const { certificate } = await createSecretIdentity({ name: "Ana", nowMs: Date.now() });
const session = createXWingCrypto(random);
const { publicKey, secretKey } = await generateInboxKey(session);
const place = { stream: random(32), keyId: 1 };
const record = await sealToInbox(session, publicKey, place, new Uint8Array([1, 2, 3]));
const opened = await openFromInbox(session, secretKey, place, record);
const vault = await Vault.create(new MemoryVaultStore(), { random, deriveKey: async () => random(32) }, { kind: "key", key: random(32) });
const digits = sixtyDigits(certificate.primaryKey(), certificate.primaryKey()).digits.length;
const isWhole = [createClient, createNode, openSqliteNodeStore].every((one) => typeof one === "function");
if (opened.join() !== "1,2,3" || digits !== 60 || (await hasIdentity(vault)) || !isWhole) throw new Error("the packages do not work");
console.log("the packages work");
`;

const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-packages-"));
try {
  const tarballs = join(folder, "tarballs");
  const project = join(folder, "project");
  mkdirSync(tarballs);
  mkdirSync(project);
  const workspaces = readWorkspaces().filter(({ path }) => !DEVELOPMENT_ONLY.has(path) && !BUNDLED_ONLY.has(path));
  const packed = capture("npm", [
    "pack",
    "--silent",
    "--pack-destination",
    tarballs,
    ...workspaces.flatMap(({ path }) => ["-w", path]),
  ]);
  assertOk("npm pack", packed);
  const files = packed.output.split("\n").filter((line) => line.endsWith(".tgz"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "stranger", private: true, type: "module" }));
  cpSync(join(root, ".npmrc"), join(project, ".npmrc"));
  const install = [
    "install",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    ...files.map((file) => join(tarballs, file)),
  ];
  assertOk("npm install", capture("npm", install, project));
  writeFileSync(join(project, "program.js"), PROGRAM);
  assertOk("the program", capture(process.execPath, ["program.js"], project));
  const command = capture(join(project, "node_modules", ".bin", "p2pcrypt"), ["--version"], project);
  assertOk("p2pcrypt --version", command);
  await assertServes(join(project, "node_modules", ".bin", "p2pcrypt"), join(folder, "node"));
  console.log(`packages: ${files.length} install without scripts and work; p2pcrypt ${command.output.trim()} serves its page`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The installed command starts a node that serves the browser client, whole. */
async function assertServes(command: string, data: string): Promise<void> {
  const flags = ["node", "start", "--port", "0", "--operator-port", "0", "--data", data, "--json"];
  const node = spawn(command, flags, { stdio: ["ignore", "pipe", "inherit"] });
  try {
    node.stdout.setEncoding("utf8");
    const [line] = (await once(node.stdout, "data")) as [string];
    const { url } = JSON.parse(line) as { url: string };
    const page = await (await fetch(url)).text();
    const script = /src="(\/assets\/[^"]+\.js)"/.exec(page)?.[1];
    const { status } = await fetch(`${url}${script}`);
    assertOk("the installed node's page", { isOk: script !== undefined && status === 200, output: page });
  } finally {
    node.kill();
    if (node.exitCode === null) await once(node, "exit");
  }
}

function assertOk(what: string, { isOk, output }: { readonly isOk: boolean; readonly output: string }): void {
  if (isOk) return;
  console.error(`${what} failed:\n${output}`);
  process.exit(1);
}
