// Every file of spec/vectors that is ours, from the two identities that were made once.
import { seededRandom } from "@p2pcrypt/testkit";
import { fileVectors } from "./file.ts";
import { identityVectors } from "./identity.ts";
import { linkingVectors } from "./linking.ts";
import { contentVectors, envelopeVectors } from "./messages.ts";
import { sessionVectors } from "./session.ts";
import { streamVectors } from "./streams.ts";
import { vaultVectors } from "./vault.ts";
import { type Keys, toJson } from "./vector-file.ts";

export async function allVectors(keys: Keys): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ["identity.json", toJson(await identityVectors(keys))],
    ["stream.json", toJson(streamVectors())],
    ["session.json", toJson(await sessionVectors(keys, seededRandom("session vectors")))],
    ["linking.json", toJson(linkingVectors())],
    ["content.json", toJson(contentVectors())],
    ["envelope.json", toJson(await envelopeVectors(keys))],
    ["file.json", toJson(await fileVectors(seededRandom("file vectors")))],
    ["vault.json", toJson(await vaultVectors(seededRandom("vault vectors")))],
  ]);
}
