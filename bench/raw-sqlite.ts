// What the disk and SQLite can do with the same rows: the same table, indexes, checksum and idempotency key, one transaction for each
// 64 records, nothing else. Runs alone in its process.
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { MIGRATIONS } from "../packages/storage-sqlite/src/schema.ts";
import { applicationRecord } from "./stream-client.ts";

const BATCH = 64;

export function rawAppends(durationMs: number): { readonly perSecond: number; readonly cpuUsPerRecord: number } {
  const folder = mkdtempSync(join(tmpdir(), "p2pcrypt-raw-"));
  try {
    const database = new DatabaseSync(join(folder, "raw.sqlite"));
    database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -65536;",
    );
    for (const migration of MIGRATIONS) database.exec(migration);
    const insert = database.prepare(
      "INSERT INTO records (stream, seq, kind, position, time_ms, expires_ms, chain_before, positions_before, handshake_chain_before, checksum, record) VALUES (?, ?, 1, NULL, ?, ?, ?, 0, ?, ?, ?)",
    );
    const remember = database.prepare(
      "INSERT INTO idempotency (stream, key, seq, position, time_ms, request_hash, expires_ms) VALUES (?, ?, ?, NULL, ?, ?, ?)",
    );
    const record = applicationRecord(1024);
    const hash = randomBytes(32);
    const cpu = process.cpuUsage();
    const startedMs = performance.now();
    let count = 0;
    for (let seq = 1; performance.now() - startedMs < durationMs; seq++) {
      database.exec("BEGIN IMMEDIATE");
      for (let stream = 1; stream <= BATCH; stream++) {
        const now = Date.now();
        insert.run(stream, seq, now, now + 1e9, hash, hash, crc32(record), record);
        remember.run(stream, randomBytes(16), seq, now, hash, now + 2e9);
        count += 1;
      }
      database.exec("COMMIT");
    }
    const elapsedMs = performance.now() - startedMs;
    const { user, system } = process.cpuUsage(cpu);
    database.close();
    return { perSecond: (count * 1000) / elapsedMs, cpuUsPerRecord: (user + system) / count };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
