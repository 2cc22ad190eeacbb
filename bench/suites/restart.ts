// From the start of a node's process to its first answer, with a million records in its store.
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { NodeProcess } from "../node-process.ts";
import type { Result } from "../result.ts";
import { applicationRecord } from "../stream-client.ts";

const RECORDS = 1_000_000;

export async function run(): Promise<Result[]> {
  const node = await NodeProcess.start();
  try {
    await node.stop();
    fill(join(node.folder, "store", "node.sqlite"));
    await node.start();
    return [{ name: `restart with ${RECORDS} records`, value: Math.round(node.readyMs), unit: "ms", goal: { atMost: 2_000 } }];
  } finally {
    await node.remove();
  }
}

function fill(path: string): void {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA synchronous = OFF");
  const insert = database.prepare(
    "INSERT INTO records (stream, seq, kind, position, time_ms, expires_ms, chain_before, positions_before, handshake_chain_before, checksum, record) VALUES (?, ?, 1, NULL, ?, ?, ?, 0, ?, ?, ?)",
  );
  const remember = database.prepare(
    "INSERT INTO idempotency (stream, key, seq, position, time_ms, request_hash, expires_ms) VALUES (?, ?, ?, NULL, ?, ?, ?)",
  );
  const record = applicationRecord(1024);
  const hash = Buffer.alloc(32, 1);
  database.exec("BEGIN");
  const key = Buffer.alloc(16);
  for (let n = 0; n < RECORDS; n++) {
    key.writeUInt32BE(n);
    insert.run(1 + (n % 1000), Math.floor(n / 1000) + 1, n, 9e15, hash, hash, crc32(record), record);
    remember.run(1 + (n % 1000), key, Math.floor(n / 1000) + 1, n, hash, 9e15);
  }
  database.exec("COMMIT");
  database.close();
}
