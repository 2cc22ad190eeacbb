// Calls of the page on the client, as far as the table of remote methods allows.
import type { Client, Contacts } from "@p2pcrypt/client";
import { type ClientCall, type ClientSnapshot, REMOTE_METHODS } from "../protocol/client-protocol.ts";
import { WebError } from "../protocol/web-error.ts";

/** What is done with a link that a person opened. */
const WITH_LINK: readonly string[] = ["preview", "lookUp", "add"] satisfies readonly (keyof Contacts)[];

/** What is done with a node's address, or a link that shows it, that a person typed: which argument it is. */
const WITH_NODE: Readonly<Record<string, number>> = {
  "account.changeNode": 0,
  "conversations.move": 1,
  "conversations.followMove": 0,
};

/** `opened` hears of each link before the client does. */
export async function callClient(
  client: Client,
  { part, method, args }: ClientCall,
  opened: (link: string, isNode: boolean) => void,
): Promise<unknown> {
  // Looked up as own properties: the page names them, and a page that is not itself any more may name anything.
  const methods: readonly string[] | undefined = Object.hasOwn(REMOTE_METHODS, part) ? REMOTE_METHODS[part] : undefined;
  if (methods?.includes(method) !== true || !Array.isArray(args)) throw new WebError({ code: "web/unknownOperation" });
  const [link] = args;
  if (part === "contacts" && WITH_LINK.includes(method) && typeof link === "string") opened(link, false);
  const named: unknown = args[WITH_NODE[`${part}.${method}`] ?? -1];
  if (typeof named === "string") opened(named, true);
  const target: object = client[part];
  const run: unknown = Reflect.get(target, method);
  if (typeof run !== "function") throw new WebError({ code: "web/unknownOperation" });
  return Reflect.apply(run, target, args);
}

export function snapshotOf(client: Client): ClientSnapshot {
  const contacts = client.contacts.list();
  const linking = client.devices.linking();
  return {
    self: client.account.snapshot(),
    contacts,
    conversations: client.conversations.list(),
    nodes: client.nodes(),
    devices: client.devices.list(),
    histories: client.devices.histories(),
    ...(linking === undefined ? {} : { linking }),
    calls: client.calls.list(),
    groupCalls: client.groupCalls.list(),
    scans: contacts.flatMap(({ identityId }) => client.verification.scanRun(identityId) ?? []),
    shortCodes: contacts.flatMap(({ identityId }) => client.verification.shortCode(identityId) ?? []),
  };
}
