// The rows that belong to no stream: certificates, profiles, key packages, nonces, notes.
import type { DatabaseSync } from "node:sqlite";
import type { CertificateEntry, KeyPackageRow, StoredProfile } from "@p2pcrypt/storage";
import { bytes, integer, text } from "./columns.ts";
import { Statements } from "./statements.ts";

export abstract class DirectoryRows {
  protected readonly rows: Statements;

  constructor(database: DatabaseSync) {
    this.rows = new Statements(database);
  }

  protected abstract countIdentity(): void;

  certificate(identity: string): Uint8Array | undefined {
    const row = this.rows.get("SELECT certificate FROM certificates WHERE identity = ?", identity);
    return row === undefined ? undefined : bytes(row, "certificate");
  }

  putCertificate(identity: string, { bytes: certificate, terms }: CertificateEntry): void {
    const isNew = this.certificate(identity) === undefined;
    this.rows.run(
      "INSERT INTO certificates VALUES (?, ?) ON CONFLICT DO UPDATE SET certificate = excluded.certificate",
      identity,
      certificate,
    );
    if (isNew) this.countIdentity();
    this.rows.run("DELETE FROM search_terms WHERE identity = ?", identity);
    for (const term of terms) this.rows.run("INSERT INTO search_terms VALUES (?, ?)", term, identity);
  }

  identitiesByTerm(term: string, limit: number): readonly string[] {
    const rows = this.rows
      .statement("SELECT identity FROM search_terms WHERE term = ? ORDER BY identity LIMIT ?")
      .all(term, limit);
    return rows.map((row) => text(row, "identity"));
  }

  profile(identity: string): StoredProfile | undefined {
    const row = this.rows.get("SELECT sequence, profile FROM profiles WHERE identity = ?", identity);
    return row === undefined ? undefined : { sequence: integer(row, "sequence"), profile: bytes(row, "profile") };
  }

  putProfile(identity: string, { sequence, profile }: StoredProfile): void {
    this.rows.run(
      "INSERT INTO profiles VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET sequence = excluded.sequence, profile = excluded.profile",
      identity,
      sequence,
      profile,
    );
  }

  keyPackages(identity: string, device: Uint8Array): KeyPackageRow[] {
    return this.rows
      .all(
        "SELECT device, is_last_resort, was_used, key_package FROM key_packages WHERE identity = ? AND device = ? ORDER BY is_last_resort, number",
        identity,
        device,
      )
      .map((row) => ({
        device: bytes(row, "device"),
        keyPackage: bytes(row, "key_package"),
        isLastResort: integer(row, "is_last_resort") === 1,
        wasUsed: integer(row, "was_used") === 1,
      }));
  }

  devicesWithKeyPackages(identity: string): Uint8Array[] {
    return this.rows
      .all("SELECT DISTINCT device FROM key_packages WHERE identity = ?", identity)
      .map((row) => bytes(row, "device"));
  }

  replaceKeyPackages(identity: string, device: Uint8Array, rows: readonly KeyPackageRow[]): void {
    this.rows.run("DELETE FROM key_packages WHERE identity = ? AND device = ?", identity, device);
    for (const { keyPackage, isLastResort, wasUsed } of rows) {
      this.rows.run(
        "INSERT INTO key_packages (identity, device, is_last_resort, was_used, key_package) VALUES (?, ?, ?, ?, ?)",
        identity,
        device,
        isLastResort ? 1 : 0,
        wasUsed ? 1 : 0,
        keyPackage,
      );
    }
  }

  claimTokens(identity: string): readonly Uint8Array[] {
    return this.rows
      .all("SELECT token_hash FROM claim_tokens WHERE identity = ?", identity)
      .map((row) => bytes(row, "token_hash"));
  }

  putClaimTokens(identity: string, tokenHashes: readonly Uint8Array[]): void {
    this.rows.run("DELETE FROM claim_tokens WHERE identity = ?", identity);
    for (const hash of tokenHashes) this.rows.run("INSERT OR IGNORE INTO claim_tokens VALUES (?, ?)", identity, hash);
  }

  hasNonce(nonce: Uint8Array): boolean {
    return this.rows.get("SELECT 1 AS found FROM nonces WHERE nonce = ?", nonce) !== undefined;
  }

  putNonce(nonce: Uint8Array, forgetMs: number): void {
    this.rows.run("INSERT INTO nonces VALUES (?, ?)", nonce, forgetMs);
  }

  note(name: string): Uint8Array | undefined {
    const row = this.rows.get("SELECT value FROM notes WHERE name = ?", name);
    return row === undefined ? undefined : bytes(row, "value");
  }

  putNote(name: string, value: Uint8Array): void {
    this.rows.run("INSERT INTO notes VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", name, value);
  }
}
