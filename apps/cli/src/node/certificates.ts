// Where a listener's transport certificate comes from, and how it is replaced while the node runs.
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { CommandError, EXIT } from "../exit-codes.ts";

/** Chain and key, PEM. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  current(): TlsPair;
  /** Calls back with every pair that takes the place of the one before. */
  onChange(run: (pair: TlsPair) => void): void;
  close(): void;
}

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

const POLL_INTERVAL_MS = 5_000;

/**
 * Two files, read again when either changes. A pair that does not fit (one of them is written already, the other not yet) is told to
 * `failed` and not used; the next change is tried again.
 *
 * @throws {CommandError} tls/missing, tls/malformed
 */
export function watchCertificateFiles(
  files: CertificateFiles,
  failed: (cause: unknown) => void,
  pollIntervalMs = POLL_INTERVAL_MS,
): Certificates {
  let pair = readPair(files);
  assertPair(pair);
  const listeners: ((pair: TlsPair) => void)[] = [];
  let refused: TlsPair | undefined;
  const reload = (): void => {
    try {
      const next = readPair(files);
      if (isSame(next, pair) || isSame(next, refused)) return;
      refused = next;
      assertPair(next);
      refused = undefined;
      pair = next;
      for (const run of listeners) run(next);
    } catch (cause) {
      failed(cause);
    }
  };
  // Read by path, again and again: renewal tools replace files and the links to them, which a watch on a file does not see everywhere.
  const poll = setInterval(reload, pollIntervalMs);
  return {
    current: () => pair,
    onChange: (run) => listeners.push(run),
    close: () => clearInterval(poll),
  };
}

/** @throws {CommandError} tls/malformed */
export function assertPair({ cert, key }: TlsPair): void {
  try {
    createSecureContext({ cert, key });
  } catch {
    throw new CommandError(
      EXIT.refused,
      "tls/malformed",
      "certificate and key cannot be used: they are no PEM, or do not belong together",
    );
  }
}

/** From when to when the first certificate of a chain is valid. */
export function validityOf({ cert }: TlsPair): { readonly fromMs: number; readonly untilMs: number } {
  const { validFromDate, validToDate } = new X509Certificate(cert);
  return { fromMs: validFromDate.getTime(), untilMs: validToDate.getTime() };
}

function readPair({ certFile, keyFile }: CertificateFiles): TlsPair {
  return { cert: read(certFile), key: read(keyFile) };
}

function isSame(a: TlsPair, b: TlsPair | undefined): boolean {
  return a.cert === b?.cert && a.key === b.key;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new CommandError(EXIT.notFound, "tls/missing", "a certificate or key file does not exist or cannot be read");
  }
}
