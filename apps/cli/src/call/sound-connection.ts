// A connection of a call that carries sound and nothing else, in a terminal: werift's, as CallPeer drives it. It sends and hears packets
// that are sealed already; what is in them is not its business.
import type { CallRoutes } from "@p2pcrypt/client";
import type { MediaConnection, MediaConnectionEvents } from "@p2pcrypt/client/call-peer";
import type { RTCPeerConnection, RTCRtpTransceiver, RtpPacket } from "werift";
import { CommandError, EXIT } from "../exit-codes.ts";
import { isNumeric, NO_STUN_SERVER, withoutNames } from "../numeric-candidates.ts";

type Library = typeof import("werift");

/** As browsers number them; what the other side offers decides. */
const [OPUS, VP8] = [111, 96];
const STUN_WAIT_S = 0.5;

/** @throws {CommandError} call/noLibrary: it is an optional part of an installation */
export async function loadLibrary(): Promise<Library> {
  try {
    return await import("werift");
  } catch {
    throw new CommandError(
      EXIT.failed,
      "call/noLibrary",
      "calls need the package werift, which this installation was made without: npm install without --omit=optional",
    );
  }
}

export interface SoundPacketOnWire {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly bytes: Uint8Array;
}

export class SoundConnection implements MediaConnection {
  readonly #library: Library;
  readonly #connection: RTCPeerConnection;
  readonly #heard: (packet: SoundPacketOnWire) => void;
  #isDescribed = false;

  /** @throws {RangeError} when only relayed ways may be taken and there is none */
  constructor(
    library: Library,
    routes: CallRoutes,
    { events, heard }: { readonly events: MediaConnectionEvents; readonly heard: (packet: SoundPacketOnWire) => void },
  ) {
    this.#library = library;
    this.#heard = heard;
    const { RTCPeerConnection, RTCRtpCodecParameters, useSdesMid } = library;
    const opus = new RTCRtpCodecParameters({ mimeType: "audio/opus", clockRate: 48_000, channels: 2, payloadType: OPUS });
    const vp8 = new RTCRtpCodecParameters({ mimeType: "video/VP8", clockRate: 90_000, payloadType: VP8 });
    this.#connection = new RTCPeerConnection({
      ...configurationOf(routes),
      bundlePolicy: "max-bundle",
      codecs: { audio: [opus], video: [vp8] },
      headerExtensions: { audio: [useSdesMid()], video: [useSdesMid()] },
    });
    this.#connection.onIceCandidate.subscribe((candidate) => {
      if (candidate?.candidate !== undefined && candidate.candidate !== "")
        events.candidate(`candidate:${candidate.candidate.replace(/^candidate:/, "")}`, candidate.sdpMid ?? "0");
    });
    this.#connection.connectionStateChange.subscribe((state) => {
      if (state === "connected" || state === "disconnected" || state === "failed") events.state(state);
    });
    this.#connection.onRemoteTransceiverAdded.subscribe((transceiver) => this.#take(transceiver));
  }

  async offer(routes: CallRoutes): Promise<void> {
    const connection = this.#connection;
    if (this.#isDescribed) connection.setConfiguration(configurationOf(routes));
    else this.#take(connection.addTransceiver("audio", { direction: "sendrecv" }));
    const offer = await connection.createOffer({ iceRestart: this.#isDescribed });
    this.#isDescribed = true;
    // Candidates are told as they are found: nobody waits here until there are no more.
    connection.setLocalDescription(offer).catch(() => undefined);
    await described(connection);
  }

  async answer(sdp: string, routes: CallRoutes): Promise<void> {
    const connection = this.#connection;
    if (this.#isDescribed) connection.setConfiguration(configurationOf(routes));
    await connection.setRemoteDescription({ type: "offer", sdp: withoutNames(sdp) });
    this.#isDescribed = true;
    for (const [at, transceiver] of connection.getTransceivers().entries())
      transceiver.setDirection(at === 0 && transceiver.kind === "audio" ? "sendrecv" : "inactive");
    connection.setLocalDescription(await connection.createAnswer()).catch(() => undefined);
    await described(connection);
  }

  async accept(sdp: string): Promise<void> {
    await this.#connection.setRemoteDescription({ type: "answer", sdp: withoutNames(sdp) });
  }

  description(): string {
    return this.#connection.localDescription?.sdp ?? "";
  }

  gathered(): Promise<void> {
    const connection = this.#connection;
    if (connection.iceGatheringState === "complete") return Promise.resolve();
    return new Promise((resolve) => {
      connection.iceGatheringStateChange.subscribe((state) => {
        if (state === "complete") resolve();
      });
    });
  }

  async add(candidate: string, section: string): Promise<void> {
    if (isNumeric(candidate)) await this.#connection.addIceCandidate({ candidate, sdpMid: section });
  }

  /** Dropped while nothing is connected. */
  send({ sequenceNumber, timestamp, bytes }: SoundPacketOnWire): void {
    const { RtpHeader, RtpPacket } = this.#library;
    const header = new RtpHeader({ sequenceNumber, timestamp, payloadType: OPUS, marker: false });
    const sender = this.#connection.getTransceivers()[0]?.sender;
    sender?.sendRtp(new RtpPacket(header, Buffer.from(bytes))).catch(() => undefined); // the connection broke off: it says so itself
  }

  close(): void {
    this.#connection.close().catch(() => undefined);
  }

  #take(transceiver: RTCRtpTransceiver): void {
    transceiver.onTrack.subscribe((track) => {
      if (track.kind !== "audio" || this.#connection.getTransceivers()[0] !== transceiver) return;
      track.onReceiveRtp.subscribe(({ header, payload }: RtpPacket) => {
        this.#heard({ sequenceNumber: header.sequenceNumber, timestamp: header.timestamp, bytes: new Uint8Array(payload) });
      });
    });
  }
}

/** Resolves when there is a description to be told. */
async function described(connection: RTCPeerConnection): Promise<void> {
  if (connection.localDescription !== null) return;
  await new Promise<void>((resolve) => {
    connection.signalingStateChange.subscribe(() => resolve());
    connection.onIceCandidate.subscribe(() => resolve());
  });
}

function configurationOf({ iceServers, isRelayOnly }: CallRoutes) {
  const relay = iceServers[0];
  // Without one, werift would gather every address in spite of the policy (K1).
  if (isRelayOnly && !relay?.urls.some((url) => url.startsWith("turn"))) throw new RangeError("routes");
  const stun = relay?.urls.map((url) => /^turns?:([^?]+)/.exec(url)?.[1]).find((place) => place !== undefined);
  return {
    iceServers: [
      { urls: stun === undefined ? NO_STUN_SERVER : `stun:${stun}` },
      ...iceServers.map(({ urls, username, credential }) => ({ urls: [...urls], username, credential })),
    ],
    iceTransportPolicy: isRelayOnly ? ("relay" as const) : ("all" as const),
    iceStunGatherTimeout: STUN_WAIT_S,
  };
}
