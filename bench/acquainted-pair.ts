// Two people who talk already, with the product's own cryptography and vaults on disk, in this process.
import { join } from "node:path";
import { type Client, createClient } from "@p2pcrypt/client";
import type { CommandContext } from "../apps/cli/src/context.ts";
import { createHome } from "../apps/cli/src/home.ts";
import { depsFor } from "../apps/cli/src/open-client.ts";
import { Output } from "../apps/cli/src/output.ts";

export interface AcquaintedPair {
  readonly ana: Client;
  readonly ben: Client;
  /** Of Ben's. */
  readonly conversation: string;
}

/** Their homes are `ana` and `ben` in the folder. */
export async function acquaintedPair(folder: string, nodeUrl: string): Promise<AcquaintedPair> {
  const [ana, ben] = [await person(join(folder, "ana"), "Ana", nodeUrl), await person(join(folder, "ben"), "Ben", nodeUrl)];
  await ana.settled();
  await ben.settled();
  await ben.contacts.add(ana.account.snapshot().link);
  const [request] = await until(ana, () => ana.contacts.list().filter(({ state }) => state === "asking"));
  if (request !== undefined) await ana.contacts.accept(request.identityId);
  const [conversation] = await until(ben, () => ben.conversations.list().filter(({ state }) => state === "active"));
  return { ana, ben, conversation: conversation?.id ?? "" };
}

async function person(home: string, name: string, nodeUrl: string): Promise<Client> {
  const context: CommandContext = { home, output: new Output(true), takeOver: false, passphraseFile: undefined };
  const client = await createClient(depsFor(await createHome(context)), { name, homeNodeUrl: nodeUrl });
  client.start();
  return client;
}

async function until<Value>(client: Client, read: () => readonly Value[]): Promise<readonly Value[]> {
  for (;;) {
    const found = read();
    if (found.length > 0) return found;
    await new Promise<void>((resolve) => {
      const unsubscribe = client.subscribe(() => {
        unsubscribe();
        resolve();
      });
    });
  }
}
