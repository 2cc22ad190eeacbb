// A conversation in one process: everybody reads one log in order. The log decides positions, as a node would.
import { createFoundingStatement } from "../../src/group/founding.ts";
import { EMPTY_HANDSHAKE_HEAD, nextHandshakeHead } from "../../src/group/handshake-chain.ts";
import type { GroupChange, HandshakeOutcome, OpenOutcome, WelcomePackage } from "../../src/outcomes.ts";
import { Session, type SessionDeps } from "../../src/session.ts";
import type { View } from "../../src/wire/view.ts";
import { type Person, packageOf, START_MS, type TestDevice } from "./people.ts";

export function viewOf(session: { readonly positions: number; readonly handshakeHead: Uint8Array }): View {
  return { positions: session.positions, handshakeHead: session.handshakeHead, nodes: [] };
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** One member's end. */
export class End {
  readonly deps: SessionDeps;
  readonly device: TestDevice;
  readonly name: string;
  session: Session;
  readonly shown: string[] = [];
  readonly outcomes: (HandshakeOutcome | OpenOutcome)[] = [];

  constructor(deps: SessionDeps, name: string, device: TestDevice, session: Session) {
    this.deps = deps;
    this.name = name;
    this.device = device;
    this.session = session;
  }

  async receive(record: Uint8Array, position: number): Promise<HandshakeOutcome> {
    const outcome = await this.session.receiveHandshake(record, { position });
    this.session = outcome.session;
    this.outcomes.push(outcome);
    return outcome;
  }

  async open(record: Uint8Array): Promise<OpenOutcome> {
    const outcome = await this.session.open(record, { positions: this.session.positions });
    if ("session" in outcome) this.session = outcome.session;
    if (outcome.kind === "opened") this.shown.push(`${outcome.author.name}: ${textOf(outcome.content)}`);
    this.outcomes.push(outcome);
    return outcome;
  }

  async seal(text: string): Promise<Uint8Array> {
    const { session, record } = await this.session.seal(bytesOf(text), { view: viewOf(this.session) });
    this.session = session;
    return record;
  }

  async commit(change: GroupChange, nowMs: number): Promise<{ record: Uint8Array; welcome?: WelcomePackage }> {
    const made = await this.session.commit(change, { nowMs, view: viewOf(this.session) });
    this.session = made.session;
    return made;
  }

  async requestLeave(nowMs: number): Promise<Uint8Array> {
    const made = await this.session.requestLeave({ nowMs, view: viewOf(this.session) });
    this.session = made.session;
    return made.record;
  }

  /** The session as a restart would find it. */
  async restart(): Promise<void> {
    this.session = copyOf(this.deps, this.session);
  }
}

export function copyOf(deps: SessionDeps, session: Session): Session {
  return Session.decode(deps, {
    group: session.encodeGroup(),
    ratchet: session.encodeRatchet(),
    pending: session.encodePending(),
  });
}

export class Conversation {
  readonly ends: End[] = [];
  nowMs = START_MS;
  position = 0;
  head: Uint8Array = EMPTY_HANDSHAKE_HEAD;

  static async found(deps: SessionDeps, founder: Person, kind: "direct" | "group" = "group"): Promise<Conversation> {
    const conversation = new Conversation();
    const device = await founder.device(deps);
    const founding = await createFoundingStatement(deps.crypto, device, { kind, nowMs: START_MS });
    const session = await Session.found(deps, { device, founding, location: [], streamAdminKeys: [], nowMs: START_MS });
    conversation.ends.push(new End(deps, founder.name, device, session));
    return conversation;
  }

  end(name: string): End {
    const found = this.ends.find((end) => end.name === name);
    if (found === undefined) throw new RangeError(name);
    return found;
  }

  tick(ms = 1000): number {
    this.nowMs += ms;
    return this.nowMs;
  }

  /** Gives a handshake record the next position and shows it to everybody still active. */
  async post(record: Uint8Array): Promise<HandshakeOutcome[]> {
    this.position += 1;
    this.head = nextHandshakeHead(this.head, this.position, record);
    const outcomes: HandshakeOutcome[] = [];
    for (const end of this.ends) {
      if (end.session.status === "active") outcomes.push(await end.receive(record, this.position));
    }
    return outcomes;
  }

  async commit(by: End, change: GroupChange): Promise<HandshakeOutcome[]> {
    const { record } = await by.commit(change, this.tick());
    return this.post(record);
  }

  async say(by: End, text: string): Promise<OpenOutcome[]> {
    const record = await by.seal(text);
    const outcomes: OpenOutcome[] = [];
    for (const end of this.ends) if (end.session.status === "active") outcomes.push(await end.open(record));
    return outcomes;
  }

  /** Adds devices, all in one commit, and lets them join. */
  async add(by: End, deps: SessionDeps, devices: readonly { name: string; device: TestDevice }[]): Promise<End[]> {
    const bundles = await Promise.all(devices.map(({ device }) => packageOf(deps, device, this.nowMs)));
    const { record, welcome } = await by.commit({ kind: "add", keyPackages: bundles.map((b) => b.publicPackage) }, this.tick());
    await this.post(record);
    if (welcome === undefined) throw new RangeError("no welcome");
    const joined: End[] = [];
    for (const [at, { name, device }] of devices.entries()) {
      const bundle = bundles[at];
      if (bundle === undefined) continue;
      const outcome = await Session.join(deps, {
        ...welcome,
        keyPackages: [bundle],
        signatureSecretKey: device.signatureSecretKey,
        heldGroups: [],
        positions: this.position,
        handshakeHead: this.head,
        atMs: this.nowMs,
      });
      if (outcome.kind !== "joined") throw new RangeError(`join: ${outcome.reason}`);
      const end = new End(deps, name, device, outcome.session);
      this.ends.push(end);
      joined.push(end);
    }
    return joined;
  }

  async addPerson(by: End, deps: SessionDeps, person: Person): Promise<End> {
    const [end] = await this.add(by, deps, [{ name: person.name, device: await person.device(deps) }]);
    if (end === undefined) throw new RangeError("nobody joined");
    return end;
  }
}
