// Transport certificates from an ACME authority (RFC 8555, http-01). They say nothing about who people are. Account key and certificate
// are kept in the data folder; the library is loaded only where it is used.
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import type { Client } from "acme-client";
import { z } from "zod";
import { CommandError, EXIT } from "../exit-codes.ts";
import { systemClock, systemTimers } from "../platform.ts";
import { readPrivateFile, writePrivateFile } from "../private-file.ts";
import { assertPair, type Certificates, type TlsPair } from "./certificates.ts";
import { renewedCertificates } from "./renewal.ts";

export interface AcmeOptions {
  /** The name that the certificate is for. */
  readonly host: string;
  readonly directoryUrl: string;
  /** Where the authority's question is answered. The authority asks at port 80 of the name. */
  readonly httpPort: number;
}

export interface AcmePlace {
  readonly folder: string;
  readonly listenHost: string;
  /** Where people who came by plain http are sent. */
  readonly publicUrl: string;
  readonly failed: (cause: unknown) => void;
}

const ACCOUNT_FILE = "account.json";
const accountSchema = z.object({ directoryUrl: z.string(), url: z.string(), key: z.string() });
const CHALLENGE_PATH = "/.well-known/acme-challenge/";

/** @throws {CommandError} acme/refused when there is no certificate and none is given; and what listening throws */
export async function acmeCertificates(options: AcmeOptions, place: AcmePlace): Promise<Certificates> {
  mkdirSync(place.folder, { recursive: true, mode: 0o700 });
  const challenges = new Map<string, string>();
  const stop = await answerChallenges(challenges, options.httpPort, place);
  try {
    const certificates = await renewedCertificates({
      clock: systemClock,
      timers: systemTimers,
      issue: () => order(options, place.folder, challenges),
      kept: readKept(place.folder, options.host),
      keep: ({ cert, key }) =>
        writePrivateFile(keptFile(place.folder, options.host), Buffer.from(key + cert), { replaces: true }),
      failed: place.failed,
    });
    return {
      current: () => certificates.current(),
      onChange: (run) => certificates.onChange(run),
      close: () => {
        certificates.close();
        stop();
      },
    };
  } catch (cause) {
    stop();
    throw cause;
  }
}

/** Answers the authority at `httpPort`, and sends everybody else to the public address. */
async function answerChallenges(
  challenges: ReadonlyMap<string, string>,
  port: number,
  { listenHost, publicUrl }: AcmePlace,
): Promise<() => void> {
  const server = createServer((request, response) => {
    const { url = "/" } = request;
    const answer = url.startsWith(CHALLENGE_PATH) ? challenges.get(url.slice(CHALLENGE_PATH.length)) : undefined;
    if (answer !== undefined) response.writeHead(200, { "content-type": "application/octet-stream" }).end(answer);
    else if (request.method === "GET" && !url.startsWith(CHALLENGE_PATH))
      response.writeHead(308, { location: `${publicUrl}/` }).end();
    else response.writeHead(404).end();
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, listenHost, () => resolve());
  });
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

async function order({ host, directoryUrl }: AcmeOptions, folder: string, challenges: Map<string, string>): Promise<TlsPair> {
  const acme = await import("acme-client");
  const [key, csr] = await acme.crypto.createCsr(
    { commonName: host, altNames: [host] },
    await acme.crypto.createPrivateEcdsaKey(),
  );
  try {
    const client = await clientOf(acme, directoryUrl, join(folder, ACCOUNT_FILE));
    const cert = await client.auto({
      csr,
      termsOfServiceAgreed: true,
      challengePriority: ["http-01"],
      // Whether the name leads here is the authority's to find out: from inside, it often cannot be asked.
      skipChallengeVerification: true,
      challengeCreateFn: async (_authorization, { token }, keyAuthorization) => {
        challenges.set(token, keyAuthorization);
      },
      challengeRemoveFn: async (_authorization, { token }) => {
        challenges.delete(token);
      },
    });
    const pair = { cert, key: String(key) };
    assertPair(pair);
    return pair;
  } catch (cause) {
    throw new CommandError(
      EXIT.failed,
      "acme/refused",
      `no certificate for ${host}: ${cause instanceof Error ? cause.message : "unknown reason"}`,
    );
  }
}

/** With the account that was made at this authority before, or a new one. */
async function clientOf({ Client, crypto }: typeof import("acme-client"), directoryUrl: string, file: string): Promise<Client> {
  const pace = { directoryUrl, backoffMin: 1_000, backoffMax: 15_000 };
  const known = readAccount(file);
  if (known?.directoryUrl === directoryUrl) return new Client({ ...pace, accountKey: known.key, accountUrl: known.url });
  const key = String(await crypto.createPrivateEcdsaKey());
  const client = new Client({ ...pace, accountKey: key });
  await client.createAccount({ termsOfServiceAgreed: true });
  const account = { directoryUrl, url: client.getAccountUrl(), key };
  writePrivateFile(file, Buffer.from(`${JSON.stringify(account, undefined, 2)}\n`), { replaces: true });
  return client;
}

function readAccount(file: string): z.infer<typeof accountSchema> | undefined {
  const bytes = readPrivateFile(file);
  if (bytes === undefined) return undefined;
  const parsed = accountSchema.safeParse(JSON.parse(Buffer.from(bytes).toString()));
  return parsed.success ? parsed.data : undefined;
}

/** Key and chain in one file, so that no crash leaves a pair that does not fit. */
function keptFile(folder: string, host: string): string {
  return join(folder, `${host}.pem`);
}

function readKept(folder: string, host: string): TlsPair | undefined {
  const text = Buffer.from(readPrivateFile(keptFile(folder, host)) ?? new Uint8Array(0)).toString();
  const at = text.indexOf("-----BEGIN CERTIFICATE-----");
  if (at <= 0) return undefined;
  const pair = { key: text.slice(0, at), cert: text.slice(at) };
  assertPair(pair);
  return pair;
}
