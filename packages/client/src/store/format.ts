// The version of what this package writes into a vault.
import { ByteReader, ByteWriter } from "@p2pcrypt/bytes";
import type { Vault } from "@p2pcrypt/vault";
import { ClientError } from "../failure.ts";

export const FORMAT_VERSION = 1;
const STORE = "client";
const NAME = "format";

/** @throws {ClientError} client/newerVault */
export async function assertReadable(vault: Vault): Promise<void> {
  const bytes = await vault.get(STORE, NAME);
  const version = bytes === undefined ? FORMAT_VERSION : new ByteReader(bytes).u32("format");
  if (version > FORMAT_VERSION) throw new ClientError({ code: "client/newerVault", version });
}

export async function writeFormat(vault: Vault): Promise<void> {
  const batch = vault.batch();
  batch.put(STORE, NAME, new ByteWriter().u32(FORMAT_VERSION).finish());
  await batch.commit();
}
