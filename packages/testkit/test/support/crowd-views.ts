// What somebody in a crowd sees of its group.
import type { ConversationSnapshot, Entry } from "@p2pcrypt/client";
import type { Person } from "../../src/index.ts";

export function groupOf({ client }: Person): ConversationSnapshot | undefined {
  return client?.conversations.list().find(({ kind }) => kind === "group");
}

export async function historyOf(person: Person): Promise<readonly Entry[]> {
  const id = groupOf(person)?.id;
  return id === undefined ? [] : ((await person.client?.conversations.history(id, { limit: 1_000 })) ?? []);
}
