// Another node as home: a new inbox there, the profile published there, contacts told inside conversations and by letters. The inbox at
// the node before is read for a while, and that node is told, when they can be reached. A browser loads this when it is wanted.
import { nodeAt } from "../conversation/move-wish.ts";
import type { Core } from "../core.ts";
import { assertKeeper } from "../devices/keepers.ts";
import { tellNow } from "../devices/own-state.ts";
import { ClientError } from "../failure.ts";
import { InboxReader } from "../mail/inbox.ts";
import { stepAfter } from "../net/call-outcome.ts";
import type { Step } from "../run/pump.ts";
import type { FormerHomeRow } from "../store/move-rows.ts";
import { SELF } from "../store/tables.ts";
import { newInbox } from "./create.ts";
import { arrive, moveHome } from "./move-home.ts";
import { parseNodeUrl } from "./node-url.ts";
import { publishedCertificate } from "./own-profile.ts";

const LATER_MS = 6 * 3_600_000;

/** @throws {ClientError} nodeUrl/*, node/unreachable, node/refused, account/sameNode, device/limited */
export async function changeHome(core: Core, nodeUrl: string): Promise<void> {
  const url = parseNodeUrl(nodeUrl);
  assertKeeper(core);
  core.chosenNodeUrls.add(url);
  const nodeId = await nodeAt(core, url);
  const made = await newInbox(core.deps);
  await core.ledger.transact(async (tx) => {
    const { tables, nowMs } = core;
    const account = tx.get(tables.account, SELF) ?? core.account;
    if (account.homeNodeId === nodeId) throw new ClientError({ code: "account/sameNode" });
    moveHome(core, tx, { nodeUrl: url, nodeId }, made);
    // It leaves with the profile that names the new home.
    tellNow(core, tx, "home", { home: nodeId });
    const body = { kind: "address", deviceCertificate: account.device.certificate } as const;
    for (const contactId of tx.ids(tables.contacts)) {
      const contact = tx.get(tables.contacts, contactId);
      if (contact?.state !== "accepted") continue;
      const id = core.newId();
      const letter = { kind: "answer", body } as const;
      tx.put(tables.mail, id, { id, to: contact.identityId, createdMs: nowMs, attempts: 0, letter });
    }
  });
  arrive(core, url);
}

/** The home before. */
export class FormerHome {
  readonly #core: Core;
  readonly #inbox: InboxReader;

  constructor(core: Core, woken: () => void) {
    this.#core = core;
    this.#inbox = new InboxReader(core, woken, {
      place: () => core.account.formerHome,
      of: ({ formerHome }) => formerHome?.inbox,
      put: (account, inbox) =>
        account.formerHome === undefined ? account : { ...account, formerHome: { ...account.formerHome, inbox } },
    });
  }

  async step(): Promise<Step> {
    const { account, links, nowMs } = this.#core;
    const { formerHome, profile } = account;
    if (formerHome === undefined) return { kind: "idle" };
    if (formerHome.untilMs < nowMs) {
      await this.#change(() => undefined);
      return { kind: "idle" };
    }
    const link = links.to(formerHome.nodeUrl);
    if (!link.isConnected || link.facts?.nodeId !== formerHome.nodeId) return { kind: "idle" };
    try {
      if (profile?.isPublished === true && formerHome.toldSequence !== profile.sequence) {
        await link.call("profile.publish", { certificate: await publishedCertificate(this.#core), profile: profile.bytes });
        await this.#change((former) => ({ ...former, toldSequence: profile.sequence }));
      }
      const step = await this.#inbox.step();
      return step.kind === "idle" ? { kind: "wait", delayMs: LATER_MS } : step;
    } catch (error) {
      return stepAfter(error);
    }
  }

  close(): void {
    this.#inbox.close();
  }

  async #change(change: (former: FormerHomeRow) => FormerHomeRow | undefined): Promise<void> {
    const { ledger, tables } = this.#core;
    await ledger.transact(async (tx) => {
      const account = tx.get(tables.account, SELF);
      if (account?.formerHome === undefined) return;
      const { formerHome, ...rest } = account;
      const changed = change(formerHome);
      tx.put(tables.account, SELF, changed === undefined ? rest : { ...rest, formerHome: changed });
    });
  }
}
