// Files: what sealing and opening cost beside bare WebCrypto in the same run, and a large file through a node beside curl.
import { randomBytes, webcrypto } from "node:crypto";
import { giveBack } from "@p2pcrypt/bytes";
import type { Subtle } from "@p2pcrypt/files";
import { nodeSubtle } from "../../apps/cli/src/files/node-subtle.ts";
import { measureSealing } from "../file-sealing.ts";
import { measureTransfer } from "../file-transfer.ts";
import { type Result, rounded } from "../result.ts";

const ROUNDS = 5;

export async function run(): Promise<Result[]> {
  const webCrypto: Subtle = webcrypto.subtle;
  const random = (length: number) => new Uint8Array(randomBytes(length));
  const deps = { webCrypto, subtle: nodeSubtle, random, clock: performance, giveBack };
  const { rawSealMb, rawOpenMb, sealMb, openMb } = await measureSealing(deps, ROUNDS);
  return [
    {
      name: "sealing to raw AES-GCM, Node",
      value: ratio(sealMb, rawSealMb),
      unit: "%",
      goal: { atLeast: 70 },
      note: both(sealMb, rawSealMb),
    },
    {
      name: "opening to raw AES-GCM, Node",
      value: ratio(openMb, rawOpenMb),
      unit: "%",
      goal: { atLeast: 70 },
      note: both(openMb, rawOpenMb),
    },
    ...(await measureTransfer()),
  ];
}

function ratio(ours: number, raw: number): number {
  return rounded((ours / raw) * 100);
}

function both(ours: number, raw: number): string {
  return `${rounded(ours)} of ${rounded(raw)} MB/s`;
}
