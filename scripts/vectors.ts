// npm run vectors: writes spec/vectors anew, as the program makes them now. The two identities in it are kept.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeHex } from "@p2pcrypt/bytes";
import { createSecretIdentity } from "@p2pcrypt/identity";
import { run } from "./process.ts";
import { allVectors } from "./vectors/all.ts";
import { AT_MS, type Keys } from "./vectors/vector-file.ts";
import { root } from "./workspaces.ts";

const folder = join(root, "spec", "vectors");
mkdirSync(folder, { recursive: true });
for (const [name, text] of await allVectors(await keptKeys())) writeFileSync(join(folder, name), text);
// In the form that `npm run verify` wants.
run("biome", ["format", "--write", folder]);

async function keptKeys(): Promise<Keys> {
  const file = join(folder, "identity.json");
  if (existsSync(file)) {
    const { identities } = JSON.parse(readFileSync(file, "utf8")) as { identities: readonly { secret: string }[] };
    return { ana: decodeHex(identities[0]?.secret ?? ""), ben: decodeHex(identities[1]?.secret ?? "") };
  }
  const [ana, ben] = [
    await createSecretIdentity({ name: "Ana", nowMs: AT_MS }),
    await createSecretIdentity({ name: "Ben", nowMs: AT_MS }),
  ];
  return { ana: ana.bytes(), ben: ben.bytes() };
}
