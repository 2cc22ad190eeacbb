// A large file from one terminal to another through a node, beside curl putting the same bytes to the same node and taking them again.
import { createHash, randomBytes } from "node:crypto";
import { closeSync, createReadStream, fsyncSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeUploadMetadata, TUS_VERSION, tokenHash, UPLOAD_CONTENT_TYPE } from "@p2pcrypt/api";
import { encodeBase64Url } from "@p2pcrypt/bytes";
import { type Ran, runCommand, runProgram } from "./command.ts";
import { NodeProcess } from "./node-process.ts";
import { type Result, rounded } from "./result.ts";
import { wormholeThrough } from "./wormhole.ts";

/** P2PCRYPT_BENCH_FILE_MB=100 makes a smaller one. */
const MEGABYTES = Number(process.env["P2PCRYPT_BENCH_FILE_MB"] ?? 1_000);

export async function measureTransfer(): Promise<Result[]> {
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-bench-"));
  const node = await NodeProcess.start();
  try {
    const path = join(folder, "large.bin");
    write(path, MEGABYTES);
    await friends(folder, node.url);
    const idleMib = { node: node.rssMib(), command: (await runCommand(join(folder, "ben"), ["file", "list", "ana"])).peakMib };
    const up = await runCommand(join(folder, "ana"), ["file", "send", "ben", path]);
    const ours = String(up.json.find(({ event }) => event === "sent")?.["id"]);
    const out = join(folder, "out");
    mkdirSync(out);
    const down = await runCommand(join(folder, "ben"), ["file", "get", ours, "--out", out]);
    if ((await hashOf(join(out, "large.bin"))) !== (await hashOf(path))) throw new Error("another file came out");
    const nodeMib = node.peakMib();
    const curl = await curlThrough(node.url, path, join(folder, "curled.bin"));
    const oursMs = up.ms + down.ms;
    const wormholed = join(folder, "wormholed.bin");
    const wormhole = await wormholeThrough(path, wormholed);
    if (wormhole !== undefined && (await hashOf(wormholed)) !== (await hashOf(path)))
      throw new Error("magic-wormhole gave another file");
    return [
      {
        name: `${MEGABYTES} MB up and down through a node, to curl`,
        value: rounded((curl.ms / oursMs) * 100),
        unit: "%",
        goal: { atLeast: 60 },
        note: `${pace(up)} up and ${pace(down)} down, curl ${rounded((2 * MEGABYTES * 1_000) / curl.ms)} MB/s both ways`,
      },
      ...(wormhole === undefined ? [] : [besideWormhole(oursMs, wormhole.ms)]),
      memory("the sender's command", up.peakMib, idleMib.command),
      memory("the reader's command", down.peakMib, idleMib.command),
      memory("the node", nodeMib, idleMib.node),
    ];
  } finally {
    await node.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

function besideWormhole(oursMs: number, theirsMs: number): Result {
  return {
    name: `${MEGABYTES} MB up and then down through a node, to magic-wormhole from one process to the other`,
    value: rounded(theirsMs / oursMs, 2),
    unit: "times",
    goal: { atLeast: 2 },
    note: `whole commands: ${rounded(oursMs / 1_000, 1)} s, magic-wormhole ${rounded(theirsMs / 1_000, 1)} s`,
  };
}

function memory(who: string, peakMib: number, idleMib: number): Result {
  return {
    name: `most memory above idle, ${who}`,
    value: Math.max(0, peakMib - idleMib),
    unit: "MiB",
    goal: { atMost: 150 },
    note: `${peakMib} of ${idleMib}`,
  };
}

function pace({ ms }: Ran): string {
  return `${rounded((MEGABYTES * 1_000) / ms)} MB/s`;
}

/** Both know each other afterwards. */
async function friends(folder: string, nodeUrl: string): Promise<void> {
  const home = (name: string): string => join(folder, name);
  const [ana] = (await runCommand(home("ana"), ["identity", "create", "--name", "ana", "--node", nodeUrl])).json;
  await runCommand(home("ben"), ["identity", "create", "--name", "ben", "--node", nodeUrl]);
  await runCommand(home("ben"), ["contact", "add", String(ana?.["link"]), "--hello", "Hi"]);
  await runCommand(home("ana"), ["receive"]);
  await runCommand(home("ana"), ["contact", "accept", "ben"]);
  await runCommand(home("ben"), ["receive"]);
}

/** The plaintext, as one tus upload and one download. */
async function curlThrough(nodeUrl: string, path: string, out: string): Promise<{ readonly ms: number }> {
  const [blob, writeToken, readToken] = [randomBytes(32), randomBytes(32), randomBytes(32)].map((bytes) => new Uint8Array(bytes));
  if (blob === undefined || writeToken === undefined || readToken === undefined) throw new Error("three were asked for");
  const id = encodeBase64Url(blob);
  const made = await fetch(`${nodeUrl}/v1/blobs`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${encodeBase64Url(writeToken)}`,
      "tus-resumable": TUS_VERSION,
      "upload-length": String(statSync(path).size),
      "upload-metadata": encodeUploadMetadata({ blob: id, readTokenHash: tokenHash(readToken) }),
    },
  });
  if (made.status !== 201) throw new Error(`the node answered ${made.status}`);
  const url = `${nodeUrl}/v1/blobs/${id}`;
  const header = (name: string, value: string): string[] => ["-H", `${name}: ${value}`];
  const up = await runProgram("curl", [
    ...["-sS", "-f", "-X", "PATCH", "-T", path, "-o", "/dev/null"],
    ...header("authorization", `Bearer ${encodeBase64Url(writeToken)}`),
    ...header("tus-resumable", TUS_VERSION),
    ...header("upload-offset", "0"),
    ...header("content-type", UPLOAD_CONTENT_TYPE),
    ...header("expect", ""),
    url,
  ]);
  const down = await runProgram("curl", [
    "-sS",
    "-f",
    "-o",
    out,
    ...header("authorization", `Bearer ${encodeBase64Url(readToken)}`),
    url,
  ]);
  if ((await hashOf(out)) !== (await hashOf(path))) throw new Error("curl got another file");
  return { ms: up.ms + down.ms };
}

/** It is on the disk afterwards: whoever sends it first would else wait for it, and whoever sends it later would not. */
function write(path: string, megabytes: number): void {
  const file = openSync(path, "w");
  const piece = randomBytes(1_000_000);
  for (let at = 0; at < megabytes; at++) {
    piece.writeUInt32BE(at);
    writeSync(file, piece);
  }
  fsyncSync(file);
  closeSync(file);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest("hex");
}
