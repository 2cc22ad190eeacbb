// The media of one call of two on this page: connection, own devices, and what comes from the other side. Begins when somebody has
// answered, not before (K1, K5), and ends with the call.
import type { CallSnapshot, MediaOn } from "@p2pcrypt/client";
import { CallPeer } from "@p2pcrypt/client/call-peer";
import { type CallSessionDeps, MediaSession, NOTHING_YET, type OwnSnapshot } from "./media-session.ts";
import { Pace } from "./pace.ts";
import { type Measured, measuredIn, type Quality, qualityOf } from "./quality.ts";
import { RtcConnection, type Slot } from "./rtc-connection.ts";

export interface CallSessionSnapshot extends OwnSnapshot {
  /** Theirs: whether they send anything is in the call's snapshot. */
  readonly theirSound: MediaStream;
  readonly theirCamera: MediaStream;
  readonly theirScreen: MediaStream;
  readonly quality: Quality;
}

export class CallSession extends MediaSession<CallSessionSnapshot> {
  readonly #peer: CallPeer;
  readonly #pace: Pace;
  #connection: RtcConnection | undefined;
  #measured: Measured | undefined;
  #areTheyHeld = false;

  constructor({ id, theirs }: Pick<CallSnapshot, "id" | "theirs">, deps: CallSessionDeps) {
    const streams = { theirSound: new MediaStream(), theirCamera: new MediaStream(), theirScreen: new MediaStream() };
    super(id, { ...NOTHING_YET, ...streams, quality: "good" }, deps);
    const { client, desk, platform } = deps;
    this.#pace = new Pace(() => platform.nowMs());
    this.#areTheyHeld = theirs.isHeld === true;
    this.#peer = new CallPeer(id, {
      calls: client.calls,
      timers: { after: (delayMs, run) => platform.after(delayMs, run) },
      open: async (routes, events) => {
        const hear = (slot: Slot, track: MediaStreamTrack): void => this.#heard(slot, track);
        const connection = new RtcConnection(routes, events, { worker: this.worker, hear });
        this.#connection = connection;
        await this.sendOver(connection, this.#areTheyHeld);
        return connection;
      },
    });
    this.until(() => this.#peer.close());
    this.until(
      client.subscribe((event) => {
        if (event.kind === "call" && event.call.id === id) this.#theyHold(event.call.theirs.isHeld === true);
      }),
    );
    this.until(desk.takeOrders(id, (order) => this.#peer.order(order)));
    this.until(platform.onLeave(() => void client.calls.hangUp(id)));
    this.begin();
  }

  protected connections(): readonly { readonly connection: RtcConnection; readonly isHeld: boolean }[] {
    return this.#connection === undefined ? [] : [{ connection: this.#connection, isHeld: this.#areTheyHeld }];
  }

  protected tell(media: MediaOn): void {
    this.deps.client.calls.setMedia(this.callId, media).catch(() => undefined); // it is over
  }

  protected look(): void {
    this.deps.client.calls.restart(this.callId).catch(() => undefined); // it is over
  }

  protected async measure(): Promise<void> {
    const report = await this.#connection?.stats();
    if (report === undefined || this.isDisposed) return;
    const now = measuredIn(report, await this.count());
    if (this.#measured !== undefined) {
      const limits = this.#pace.next(this.#measured, now, 1);
      await this.#connection?.limit(limits);
      this.update({ quality: limits.pictures === 0 ? "narrow" : qualityOf(this.#measured, now) });
    }
    this.#measured = now;
  }

  #theyHold(isHeld: boolean): void {
    if (isHeld === this.#areTheyHeld) return;
    this.#areTheyHeld = isHeld;
    void this.sendAll();
  }

  #heard(slot: Slot, track: MediaStreamTrack): void {
    const { theirSound, theirCamera, theirScreen } = this.getSnapshot();
    const stream = slot === "camera" ? theirCamera : slot === "screen" ? theirScreen : theirSound;
    stream.addTrack(track);
  }
}
