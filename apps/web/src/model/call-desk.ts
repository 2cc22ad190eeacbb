// The one call that there is for this page: heard from the client, shown by the call's views, which are fetched when there is one. What
// the client orders meanwhile waits here.
import type { CallOrder, CallSnapshot, Client, ConversationId, GroupCallSnapshot } from "@p2pcrypt/client";
import { Model } from "./model.ts";

export interface DeskSnapshot {
  readonly call: CallSnapshot | undefined;
  /** The call goes on, and the person looks at messages. */
  readonly isSmall: boolean;
  /** Of groups: those that go on here or without this device, and one that ended a moment ago. */
  readonly groups: readonly GroupCallSnapshot[];
}

export interface DeskDeps {
  readonly client: Client;
  readonly after: (delayMs: number, run: () => void) => () => void;
}

type TakeOrder = (order: CallOrder) => void;

/** Why it ended is shown for a moment, unless the person ended it or another device took it. */
const TOLD: ReadonlySet<CallSnapshot["end"]> = new Set(["declined", "busy", "noAnswer", "failed", "noRelay", "lost"]);
const TOLD_MS = 8_000;

export class CallDesk extends Model<DeskSnapshot> {
  readonly #deps: DeskDeps;
  readonly #orders = new Map<string, CallOrder[]>();
  readonly #takers = new Map<string, TakeOrder>();
  #wantsCamera = false;

  constructor(deps: DeskDeps) {
    super({ call: deps.client.calls.list()[0], isSmall: false, groups: deps.client.groupCalls.list() });
    this.#deps = deps;
    this.until(
      deps.client.subscribe((event) => {
        if (event.kind === "call") this.#heard(event.call);
        if (event.kind === "callOrder") this.#ordered(event.callId, event.order);
        if (event.kind === "groupCall") this.#heardOfGroup(event.call);
        if (event.kind === "groupCallOrder") this.#ordered(`${event.callId} ${event.pair}`, event.order);
      }),
    );
  }

  /** Whether the person pressed for their camera: nothing else turns it on (K5). */
  get wantsCamera(): boolean {
    return this.#wantsCamera;
  }

  async start(id: ConversationId, media: CallSnapshot["media"]): Promise<void> {
    this.#wantsCamera = media === "video";
    const { client } = this.#deps;
    const isGroup = client.conversations.get(id)?.kind === "group";
    await (isGroup ? client.groupCalls : client.calls).start(id, media);
  }

  /** Answers, or goes into what runs. */
  async join(callId: string, { withCamera }: { readonly withCamera: boolean }): Promise<void> {
    this.#wantsCamera = withCamera;
    await this.#deps.client.groupCalls.join(callId);
  }

  async answer({ withCamera }: { readonly withCamera: boolean }): Promise<void> {
    const { call } = this.getSnapshot();
    if (call?.state !== "ringing") return;
    this.#wantsCamera = withCamera;
    await this.#deps.client.calls.answer(call.id);
  }

  async hangUp(): Promise<void> {
    const { call } = this.getSnapshot();
    if (call !== undefined && call.state !== "ended") await this.#deps.client.calls.hangUp(call.id);
  }

  /** What was said about the end is read. */
  close(): void {
    if (this.getSnapshot().call?.state === "ended") this.update({ call: undefined, isSmall: false });
  }

  setSmall(isSmall: boolean): void {
    this.update({ isSmall });
  }

  /** What the client orders for a call, from its first order on. @returns how to stop. */
  takeOrders(callId: string, take: TakeOrder): () => void {
    this.#takers.set(callId, take);
    for (const order of this.#orders.get(callId) ?? []) take(order);
    this.#orders.delete(callId);
    return () => this.#takers.delete(callId);
  }

  #ordered(callId: string, order: CallOrder): void {
    const take = this.#takers.get(callId);
    if (take === undefined) this.#orders.set(callId, [...(this.#orders.get(callId) ?? []), order]);
    else take(order);
  }

  #heardOfGroup(call: GroupCallSnapshot): void {
    const others = this.getSnapshot().groups.filter(({ id }) => id !== call.id);
    this.update({ groups: [...others, call] });
    if (call.state === "ended") this.#deps.after(TOLD_MS, () => this.forget(call));
  }

  /** What was said about its end is read. */
  forget(call: GroupCallSnapshot): void {
    this.update({ groups: this.getSnapshot().groups.filter((one) => one !== call) });
  }

  #heard(call: CallSnapshot): void {
    const { call: shown } = this.getSnapshot();
    if (call.state !== "ended") {
      // Both called at once: the other call takes the place of one's own, and what was pressed for that counts.
      this.update({ call, isSmall: shown?.id === call.id && this.getSnapshot().isSmall });
      return;
    }
    this.#orders.delete(call.id);
    if (shown?.id !== call.id) return;
    if (!TOLD.has(call.end)) {
      this.update({ call: undefined, isSmall: false });
      return;
    }
    this.update({ call, isSmall: false });
    this.#deps.after(TOLD_MS, () => {
      if (this.getSnapshot().call?.id === call.id) this.close();
    });
  }
}
