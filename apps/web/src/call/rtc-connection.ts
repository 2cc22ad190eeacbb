// A connection of two browsers, as a call drives it (CallPeer). Four sections from the beginning (microphone, camera, screen, sound of the
// screen), so that turning something on needs no new description. Every frame passes the worker that seals, or does not pass.
import type { CallRoutes } from "@p2pcrypt/client";
import type { MediaConnection, MediaConnectionEvents } from "@p2pcrypt/client/call-peer";
import type { FrameDirection } from "../frames/frame-protocol.ts";
import type { Limits } from "./pace.ts";

const SLOTS = ["microphone", "camera", "screen", "screenSound"] as const;
export type Slot = (typeof SLOTS)[number];
/** VP8 alone among pictures: what stays in the clear of a frame is its header (spec/protocol/call.md section 5). */
const CODECS = /^(audio\/opus|video\/(VP8|rtx))$/i;

export class RtcConnection implements MediaConnection {
  readonly #connection: RTCPeerConnection;
  readonly #worker: Worker;
  readonly #leaf: number | undefined;
  readonly #tracks = new Map<Slot, MediaStreamTrack>();
  readonly #hear: (slot: Slot, track: MediaStreamTrack) => void;
  #isDescribed = false;

  constructor(
    routes: CallRoutes,
    events: MediaConnectionEvents,
    {
      worker,
      hear,
      leaf,
    }: {
      readonly worker: Worker;
      readonly hear: (slot: Slot, track: MediaStreamTrack) => void;
      /** Whose frames alone open here, where several people talk. */
      readonly leaf?: number;
    },
  ) {
    this.#worker = worker;
    this.#leaf = leaf;
    this.#hear = hear;
    const connection = new RTCPeerConnection({ ...configurationOf(routes), bundlePolicy: "max-bundle" });
    this.#connection = connection;
    connection.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate !== null && candidate.candidate !== "") events.candidate(candidate.candidate, candidate.sdpMid ?? "0");
    });
    connection.addEventListener("connectionstatechange", () => {
      const { connectionState: state } = connection;
      if (state === "connected" || state === "disconnected" || state === "failed") events.state(state);
    });
  }

  async offer(routes: CallRoutes): Promise<void> {
    const connection = this.#connection;
    if (this.#isDescribed) connection.setConfiguration({ ...configurationOf(routes), bundlePolicy: "max-bundle" });
    else for (const slot of SLOTS) connection.addTransceiver(kindOf(slot), { direction: "sendrecv" });
    this.#wire();
    await connection.setLocalDescription(await connection.createOffer({ iceRestart: this.#isDescribed }));
    this.#isDescribed = true;
  }

  async answer(sdp: string, routes: CallRoutes): Promise<void> {
    const connection = this.#connection;
    if (this.#isDescribed) connection.setConfiguration({ ...configurationOf(routes), bundlePolicy: "max-bundle" });
    await connection.setRemoteDescription({ type: "offer", sdp });
    this.#wire();
    await connection.setLocalDescription(await connection.createAnswer());
    this.#isDescribed = true;
  }

  async accept(sdp: string): Promise<void> {
    await this.#connection.setRemoteDescription({ type: "answer", sdp });
  }

  description(): string {
    return this.#connection.localDescription?.sdp ?? "";
  }

  gathered(): Promise<void> {
    const connection = this.#connection;
    return new Promise((resolve) => {
      const look = (): void => {
        if (connection.iceGatheringState !== "complete" && connection.signalingState !== "closed") return;
        connection.removeEventListener("icegatheringstatechange", look);
        resolve();
      };
      connection.addEventListener("icegatheringstatechange", look);
      look();
    });
  }

  async add(candidate: string, section: string): Promise<void> {
    await this.#connection.addIceCandidate({ candidate, sdpMid: section });
  }

  /** Sends this from now on, or nothing. */
  async send(slot: Slot, track: MediaStreamTrack | undefined): Promise<void> {
    if (track === undefined) this.#tracks.delete(slot);
    else this.#tracks.set(slot, track);
    await this.#connection.getTransceivers()[SLOTS.indexOf(slot)]?.sender.replaceTrack(track ?? null);
  }

  /** How loud the other side is at this moment: 0 to 1. */
  level(): number {
    const [source] = this.#connection.getTransceivers()[SLOTS.indexOf("microphone")]?.receiver.getSynchronizationSources() ?? [];
    return source?.audioLevel ?? 0;
  }

  /** What may be sent from now on. A browser that cannot say so sends as it likes. */
  async limit({ sound, isSparse, pictures, scale }: Limits): Promise<void> {
    for (const [at, { sender }] of this.#connection.getTransceivers().entries()) {
      const slot = SLOTS[at];
      const parameters = sender.getParameters();
      const [encoding] = parameters.encodings;
      if (slot === undefined || encoding === undefined) continue;
      const isSound = kindOf(slot) === "audio";
      const wanted = isSound
        ? { maxBitrate: sound, adaptivePtime: isSparse, networkPriority: "high" as const }
        : {
            maxBitrate: Math.max(1_000, pictures),
            active: pictures > 0,
            ...(slot === "camera" ? { scaleResolutionDownBy: scale } : {}),
          };
      const known: Readonly<Record<string, unknown>> = { ...encoding };
      if (Object.entries(wanted).every(([name, value]) => known[name] === value)) continue;
      Object.assign(encoding, wanted);
      await sender.setParameters(parameters).catch(() => undefined); // negotiation goes on: it is set the next time
    }
  }

  stats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  close(): void {
    this.#connection.close();
  }

  /** Before anything is negotiated: set later, a transform sees nothing and sealed frames would be played as noise. */
  #wire(): void {
    if (this.#isDescribed) return;
    for (const [at, transceiver] of this.#connection.getTransceivers().entries()) {
      const slot = SLOTS[at];
      if (slot === undefined || transceiver.receiver.track.kind !== kindOf(slot)) {
        transceiver.stop(); // not what a client of ours offers
        continue;
      }
      transceiver.direction = "sendrecv";
      transceiver.sender.transform = this.#transform("seal");
      transceiver.receiver.transform = this.#transform(this.#leaf === undefined ? "open" : { open: this.#leaf });
      const { codecs = [] } = RTCRtpReceiver.getCapabilities(kindOf(slot)) ?? {};
      transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => CODECS.test(mimeType)));
      void transceiver.sender.replaceTrack(this.#tracks.get(slot) ?? null);
      this.#hear(slot, transceiver.receiver.track);
    }
  }

  #transform(direction: FrameDirection): RTCRtpScriptTransform {
    return new RTCRtpScriptTransform(this.#worker, direction);
  }
}

function kindOf(slot: Slot): "audio" | "video" {
  return slot === "microphone" || slot === "screenSound" ? "audio" : "video";
}

function configurationOf({ iceServers, isRelayOnly }: CallRoutes): RTCConfiguration {
  return {
    iceServers: iceServers.map(({ urls, ...rest }) => ({ ...rest, urls: [...urls] })),
    iceTransportPolicy: isRelayOnly ? "relay" : "all",
  };
}
