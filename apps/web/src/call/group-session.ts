// The media of a group's call on this page: a connection to each of its people, own devices, and who speaks. Begins when this device is in
// (K1, K5), and ends when it is in no more.
import type { CallPerson, GroupCallSnapshot, MediaOn } from "@p2pcrypt/client";
import { CallPeer } from "@p2pcrypt/client/call-peer";
import { type CallSessionDeps, MediaSession, NOTHING_YET, type OwnSnapshot } from "./media-session.ts";
import { Pace } from "./pace.ts";
import { type Measured, measuredIn, type Quality, qualityOf } from "./quality.ts";
import { RtcConnection, type Slot } from "./rtc-connection.ts";

export interface PersonMedia {
  readonly sound: MediaStream;
  readonly camera: MediaStream;
  readonly screen: MediaStream;
  readonly quality: Quality;
  readonly isSpeaking: boolean;
}

export interface GroupSessionSnapshot extends OwnSnapshot {
  /** By `pair`. */
  readonly people: ReadonlyMap<string, PersonMedia>;
  /** Who spoke last. */
  readonly speaker: string | undefined;
}

interface Held {
  readonly peer: CallPeer;
  readonly pace: Pace;
  readonly leaf: number;
  readonly end: () => void;
  connection?: RtcConnection;
  measured?: Measured;
  isHeld: boolean;
  loudAtMs: number;
}

/** Made once, sealed and sent to each of the others. */
const PICTURE = { width: 640, height: 360, frameRate: 20 };
const HEARD_EVERY_MS = 300;
/** Of a full-scale tone; breathing is less. */
const LOUD = 0.015;
const SPEAKS_ON_MS = 900;

export class GroupSession extends MediaSession<GroupSessionSnapshot> {
  readonly #held = new Map<string, Held>();

  constructor(call: GroupCallSnapshot, deps: CallSessionDeps) {
    super(call.id, { ...NOTHING_YET, people: new Map(), speaker: undefined }, deps, PICTURE);
    const { client, platform } = deps;
    this.until(
      client.subscribe((event) => {
        if (event.kind === "groupCall" && event.call.id === call.id) this.#follow(event.call);
      }),
    );
    this.until(() => {
      for (const pair of [...this.#held.keys()]) this.#close(pair);
    });
    this.until(platform.onLeave(() => void client.groupCalls.leave(call.id)));
    let stop = (): void => undefined;
    const listen = (): void => {
      this.#listen();
      stop = platform.after(HEARD_EVERY_MS, listen);
    };
    listen();
    this.until(() => stop());
    this.#follow(call);
    this.begin();
  }

  protected connections(): readonly { readonly connection: RtcConnection; readonly isHeld: boolean }[] {
    return [...this.#held.values()].flatMap(({ connection, isHeld }) =>
      connection === undefined ? [] : [{ connection, isHeld }],
    );
  }

  protected tell(media: MediaOn): void {
    this.deps.client.groupCalls.setMedia(this.callId, media).catch(() => undefined); // it is over
  }

  protected look(): void {
    this.deps.client.groupCalls.restart(this.callId).catch(() => undefined); // it is over
  }

  protected async measure(): Promise<void> {
    await Promise.all([...this.#held].map(([pair, held]) => this.#measure(pair, held)));
  }

  /** Who is there has a connection; whose is lost begins anew when it is tried again. */
  #follow({ people }: GroupCallSnapshot): void {
    const there = new Map(people.flatMap((person) => (isTried(person) ? [[person.pair, person] as const] : [])));
    for (const pair of [...this.#held.keys()]) if (!there.has(pair)) this.#close(pair);
    for (const person of there.values()) {
      const held = this.#held.get(person.pair) ?? this.#open(person);
      const isHeld = person.sends.isHeld === true;
      if (held.isHeld === isHeld) continue;
      held.isHeld = isHeld;
      void this.sendAll();
    }
  }

  #open({ pair, leaf, sends }: CallPerson): Held {
    const { client, desk, platform } = this.deps;
    const { groupCalls } = client;
    const media: PersonMedia = {
      ...{ sound: new MediaStream(), camera: new MediaStream(), screen: new MediaStream() },
      ...{ quality: "good", isSpeaking: false },
    };
    const peer = new CallPeer(this.callId, {
      calls: {
        routes: (id) => groupCalls.routes(id, pair),
        describe: (id, description) => groupCalls.describe(id, pair, description),
        offerCandidates: (id, offered) => groupCalls.offerCandidates(id, pair, offered),
        report: (id, state) => groupCalls.report(id, pair, state),
      },
      timers: { after: (delayMs, run) => platform.after(delayMs, run) },
      open: async (routes, events) => {
        const hear = (slot: Slot, track: MediaStreamTrack): void =>
          (slot === "camera" ? media.camera : slot === "screen" ? media.screen : media.sound).addTrack(track);
        const connection = new RtcConnection(routes, events, { worker: this.worker, hear, leaf });
        held.connection = connection;
        await this.sendOver(connection, held.isHeld);
        return connection;
      },
    });
    const end = desk.takeOrders(`${this.callId} ${pair}`, (order) => peer.order(order));
    const pace = new Pace(() => platform.nowMs());
    const held: Held = { peer, pace, leaf, end, isHeld: sends.isHeld === true, loudAtMs: 0 };
    this.#held.set(pair, held);
    this.update({ people: new Map(this.getSnapshot().people).set(pair, media) });
    return held;
  }

  #close(pair: string): void {
    const held = this.#held.get(pair);
    held?.end();
    held?.peer.close();
    this.#held.delete(pair);
    const people = new Map(this.getSnapshot().people);
    people.delete(pair);
    this.update({ people });
  }

  #listen(): void {
    const nowMs = this.deps.platform.nowMs();
    let { speaker } = this.getSnapshot();
    let loudest = 0;
    for (const [pair, held] of this.#held) {
      const level = held.connection?.level() ?? 0;
      if (level > LOUD) held.loudAtMs = nowMs;
      if (level > LOUD && level > loudest) [speaker, loudest] = [pair, level];
      this.#change(pair, { isSpeaking: nowMs - held.loudAtMs < SPEAKS_ON_MS });
    }
    if (speaker !== this.getSnapshot().speaker) this.update({ speaker });
  }

  async #measure(pair: string, held: Held): Promise<void> {
    const report = await held.connection?.stats();
    if (report === undefined || this.isDisposed) return;
    const now = measuredIn(report, await this.count(held.leaf));
    if (held.measured !== undefined) {
      const limits = held.pace.next(held.measured, now, this.#held.size);
      await held.connection?.limit(limits);
      this.#change(pair, { quality: limits.pictures === 0 ? "narrow" : qualityOf(held.measured, now) });
    }
    held.measured = now;
  }

  #change(pair: string, change: Partial<PersonMedia>): void {
    const { people } = this.getSnapshot();
    const before = people.get(pair);
    if (before === undefined || Object.entries(change).every(([name, value]) => before[name as keyof PersonMedia] === value))
      return;
    this.update({ people: new Map(people).set(pair, { ...before, ...change }) });
  }
}

function isTried({ state }: CallPerson): boolean {
  return state === "connecting" || state === "connected" || state === "reconnecting";
}
