// The manifest of a built browser client: every file with its hash.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** Where it lies in a build. */
export const MANIFEST = "/build.json";

const schema = z.strictObject({
  version: z.literal(1),
  files: z.record(z.string().regex(/^\/[\w./-]+$/), z.strictObject({ sha256: z.hex().length(64), bytes: z.int().min(0) })),
});

export type BuildManifest = z.infer<typeof schema>;

/** @throws for what is no manifest of this version. */
export function parseManifest(bytes: Uint8Array): BuildManifest {
  return schema.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
}

/** The build that comes with this command, where it was built. */
export function ownWebFolder(): string | undefined {
  const folder = fileURLToPath(new URL("../web", import.meta.url));
  return existsSync(folder) ? folder : undefined;
}
