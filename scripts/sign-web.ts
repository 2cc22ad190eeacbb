// Signs the manifest of the built browser client: node scripts/sign-web.ts SECRET_KEY_FILE, an OpenPGP secret key without passphrase,
// whose certificate is published where people find it. `p2pcrypt verify-web URL --signer CERTIFICATE` checks it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeBase64Url } from "@p2pcrypt/bytes";
import { importSecretKey, PURPOSES, signObject } from "@p2pcrypt/identity";
import { root } from "./workspaces.ts";

const [keyFile] = process.argv.slice(2);
if (keyFile === undefined) {
  console.error("usage: sh scripts/run.sh scripts/sign-web.ts SECRET_KEY_FILE");
  process.exit(2);
}
const nowMs = Date.now();
const secret = await importSecretKey(new Uint8Array(readFileSync(keyFile)), undefined, { nowMs });
for (const folder of ["apps/web/dist", "apps/cli/dist/web"]) {
  const manifest = new Uint8Array(readFileSync(join(root, folder, "build.json")));
  const signature = await signObject(secret, PURPOSES.webBuild, manifest, nowMs);
  writeFileSync(join(root, folder, "build.json.sig"), `${encodeBase64Url(signature)}\n`);
}
console.log(`signed by ${secret.certificate.fingerprint}`);
