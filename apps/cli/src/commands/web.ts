// p2pcrypt verify-web: whether a node serves the browser client as it was built, byte for byte (W10).
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { decodeBase64Url } from "@p2pcrypt/bytes";
import { IdentityError, PURPOSES, parseCertificate, verifyObject } from "@p2pcrypt/identity";
import type { Command } from "commander";
import { CommandError, EXIT } from "../exit-codes.ts";
import { type BuildManifest, MANIFEST, ownWebFolder, parseManifest } from "../node/build-manifest.ts";
import { isLoopbackUrl, SANDBOX_PATH, sandboxHeaders, webHeaders } from "../node/web-headers.ts";
import { nodeAddress } from "../node-address.ts";
import type { RunCommand } from "../run.ts";

const SIGNATURE = "/build.json.sig";
const MAX_FILE_BYTES = 16 * 1024 * 1024;

export function addWebCommands(program: Command, run: RunCommand): void {
  program
    .command("verify-web <url>")
    .description("compare every file of the browser client that a node serves with the build that it should be")
    .option("--signer <file>", "certificate of who signs builds; without it, the build of this installation counts")
    .action((url: string, { signer }: { signer?: string }) =>
      run(async ({ output }) => {
        const origin = nodeAddress(url);
        const served = await fetched(origin, MANIFEST);
        const reference = signer === undefined ? ownManifest() : await signedManifest(origin, served, signer);
        const differs = await differences(origin, reference);
        const build = createHash("sha256").update(reference).digest("hex");
        const by = signer === undefined ? "the build of this installation" : "a build with a good signature of that signer";
        if (differs.length > 0) {
          throw new CommandError(EXIT.differs, "web/differs", `${origin} does not serve ${by}: ${differs.join(", ")}`, {
            build,
            differs,
          });
        }
        const count = Object.keys(parseManifest(reference).files).length;
        output.say(
          [
            `${origin} serves ${by}: ${count} files, all equal byte for byte, under the headers that belong to them.`,
            `Build: ${build}. The settings of the page show the same number when this build is the one that runs.`,
          ],
          { url: origin, build, files: count, isSigned: signer !== undefined },
        );
      }),
    );
}

function ownManifest(): Buffer {
  const folder = ownWebFolder();
  if (folder === undefined)
    throw new CommandError(
      EXIT.notFound,
      "web/missing",
      "this installation has no browser client to compare with; give --signer",
    );
  return readFileSync(folder + MANIFEST);
}

/** What the node serves as its manifest, once the signature beside it is known to be good. */
async function signedManifest(origin: string, served: Buffer, signer: string): Promise<Buffer> {
  const at = { atMs: Date.now() };
  try {
    const certificate = await parseCertificate(new Uint8Array(readFileSync(signer)), at);
    const signature = decodeBase64Url((await fetched(origin, SIGNATURE)).toString("utf8").trim());
    if (await verifyObject(certificate, PURPOSES.webBuild, new Uint8Array(served), signature, at)) return served;
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    if (cause instanceof IdentityError) throw new CommandError(EXIT.refused, cause.code, "that file is no certificate");
  }
  throw new CommandError(EXIT.differs, "web/badSignature", `the build that ${origin} serves is not signed by that signer`);
}

/** Paths that differ; `headers` when the page, or the frame in it, comes without its protection. */
async function differences(origin: string, reference: Buffer): Promise<string[]> {
  const { files }: BuildManifest = parseManifest(reference);
  const found: string[] = [];
  if (!(await fetched(origin, MANIFEST)).equals(reference)) found.push(MANIFEST);
  for (const [path, { sha256 }] of [["/", files["/index.html"] ?? { sha256: "" }] as const, ...Object.entries(files)]) {
    const bytes = await fetched(origin, path).catch(() => undefined);
    if (bytes === undefined || createHash("sha256").update(bytes).digest("hex") !== sha256) found.push(path);
    else if (path === SANDBOX_PATH && !(await comesUnder(origin, path, sandboxHeaders(bytes))))
      found.push("headers of the frame");
  }
  if (!(await comesUnder(origin, "/", webHeaders({ isLoopback: isLoopbackUrl(origin) })))) found.push("headers");
  return found;
}

async function comesUnder(origin: string, path: string, expected: Readonly<Record<string, string>>): Promise<boolean> {
  const { headers } = await fetch(`${origin}${path}`, { redirect: "error" });
  return Object.entries(expected).every(([name, value]) => headers.get(name) === value);
}

async function fetched(origin: string, path: string): Promise<Buffer> {
  let answer: Response;
  try {
    answer = await fetch(`${origin}${path}`, { redirect: "error", signal: AbortSignal.timeout(30_000) });
  } catch {
    throw new CommandError(EXIT.node, "node/unreachable", `${origin} cannot be reached`);
  }
  if (answer.status !== 200) throw new CommandError(EXIT.differs, "web/missing", `${origin} does not serve ${path}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (bytes.length > MAX_FILE_BYTES)
    throw new CommandError(EXIT.differs, "web/tooLarge", `${path} is larger than any file of a build`);
  return bytes;
}
