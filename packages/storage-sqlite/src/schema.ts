// The numbered steps from an empty file to the present schema. A step that was released never changes; a new one is added behind it.
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE notes (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE streams (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    configuration TEXT NOT NULL,
    read_grants TEXT NOT NULL,
    seq INTEGER NOT NULL,
    chain BLOB NOT NULL,
    positions INTEGER NOT NULL,
    handshake_chain BLOB NOT NULL,
    used_bytes INTEGER NOT NULL,
    used_handshake_bytes INTEGER NOT NULL
  );
  CREATE TABLE records (
    number INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    position INTEGER,
    time_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    chain_before BLOB NOT NULL,
    positions_before INTEGER NOT NULL,
    handshake_chain_before BLOB NOT NULL,
    checksum INTEGER NOT NULL,
    record BLOB NOT NULL
  );
  CREATE UNIQUE INDEX records_by_place ON records (stream, seq);
  CREATE INDEX records_by_expiry ON records (expires_ms);
  CREATE TABLE idempotency (
    stream INTEGER NOT NULL,
    key BLOB NOT NULL,
    seq INTEGER NOT NULL,
    position INTEGER,
    time_ms INTEGER NOT NULL,
    request_hash BLOB NOT NULL,
    expires_ms INTEGER NOT NULL,
    PRIMARY KEY (stream, key)
  ) WITHOUT ROWID;
  CREATE INDEX idempotency_by_expiry ON idempotency (expires_ms);
  CREATE TABLE certificates (identity TEXT PRIMARY KEY, certificate BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE profiles (identity TEXT PRIMARY KEY, sequence INTEGER NOT NULL, profile BLOB NOT NULL) WITHOUT ROWID;
  CREATE TABLE key_packages (
    number INTEGER PRIMARY KEY,
    identity TEXT NOT NULL,
    device BLOB NOT NULL,
    is_last_resort INTEGER NOT NULL,
    was_used INTEGER NOT NULL,
    key_package BLOB NOT NULL
  );
  CREATE INDEX key_packages_by_device ON key_packages (identity, device, is_last_resort, number);
  CREATE TABLE claim_tokens (identity TEXT NOT NULL, token_hash BLOB NOT NULL, PRIMARY KEY (identity, token_hash)) WITHOUT ROWID;
  CREATE TABLE nonces (nonce BLOB PRIMARY KEY, forget_ms INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX nonces_by_time ON nonces (forget_ms);
  `,
  // By what a directory finds certificates. One that was stored before gets its terms when it is published again.
  `
  CREATE TABLE search_terms (term TEXT NOT NULL, identity TEXT NOT NULL, PRIMARY KEY (term, identity)) WITHOUT ROWID;
  CREATE INDEX search_terms_by_identity ON search_terms (identity);
  `,
];
