// A call in a person's words, and what their browser says of it.
import type { Person, PersonOptions } from "../rig/person.ts";

/** A microphone and a camera that the browser makes up, and a page that may use them. */
export const WITH_DEVICES: Pick<PersonOptions, "args" | "permissions"> = {
  permissions: ["microphone", "camera"],
  args: [
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--autoplay-policy=no-user-gesture-required",
    // A film makes the browser ask for models; it refuses this address, and ends itself when it is not https.
    "--optimization-guide-service-get-models-url=https://127.0.0.1:1/",
  ],
};

declare global {
  interface Window {
    connections: RTCPeerConnection[];
    opened: string[];
    /** From now on this page gives its worker other keys of the other side than the conversation's. */
    spoilsKeys: boolean;
    /** This machine has no camera. */
    hasNoCamera: boolean;
    /** Whatever the page asks for, its camera is small and slow: four browsers share this machine. */
    hasSmallPictures: boolean;
    /** From now on this page does what a program would that does not want to leave: it keeps its connections and its keys. */
    staysOn: boolean;
    /** The relay is asked over this port instead of its own, from the next connection on. */
    relayThrough: number | undefined;
  }
}

/** Keeps hold of every connection and device that the page opens. Before the page is loaded. */
export async function watchMedia({ context }: Person): Promise<void> {
  await context.addInitScript(() => {
    window.connections = [];
    window.opened = [];
    window.spoilsKeys = false;
    window.hasNoCamera = false;
    window.hasSmallPictures = false;
    window.staysOn = false;
    window.relayThrough = undefined;
    const through = (configuration?: RTCConfiguration): RTCConfiguration | undefined =>
      window.relayThrough === undefined
        ? configuration
        : {
            ...configuration,
            iceServers: (configuration?.iceServers ?? []).map(({ urls, ...rest }) => ({
              ...rest,
              urls: [urls].flat().flatMap((url) => {
                const [, host] = /^turn:([^:]+):\d+\?transport=udp$/.exec(url) ?? [];
                return host === undefined ? [] : [`turn:${host}:${window.relayThrough}?transport=udp`];
              }),
            })),
          };
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (message: { kind?: string; keys?: MessagePort }, transfer?: unknown) {
      if (window.spoilsKeys && message.kind === "keys" && message.keys !== undefined) {
        const { keys } = message;
        const { port1, port2 } = new MessageChannel();
        keys.onmessage = ({ data }: MessageEvent<{ others: { baseKey: Uint8Array }[] } | undefined>) => {
          for (const { baseKey } of data?.others ?? []) baseKey[0] = (baseKey[0] ?? 0) ^ 1;
          port1.postMessage(data);
        };
        Reflect.apply(post, this, [{ ...message, keys: port2 }, [port2]]);
        return;
      }
      if (message.kind === "keys" && message.keys !== undefined) {
        const { keys } = message;
        const { port1, port2 } = new MessageChannel();
        keys.onmessage = ({ data }: MessageEvent<unknown>) => {
          if (!window.staysOn) port1.postMessage(data);
        };
        Reflect.apply(post, this, [{ ...message, keys: port2 }, [port2]]);
        return;
      }
      Reflect.apply(post, this, [message, transfer]);
    };
    const Connection = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Connection {
      constructor(configuration?: RTCConfiguration) {
        super(through(configuration));
        window.connections.push(this);
      }

      override close(): void {
        if (!window.staysOn) super.close();
      }
    };
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wanted) => {
      window.opened.push(Object.keys(wanted ?? {}).join());
      if (window.hasNoCamera && wanted?.video !== undefined) throw new DOMException("none", "NotFoundError");
      const isSmall = window.hasSmallPictures && wanted?.video !== undefined;
      return ask(isSmall ? { video: { width: 160, height: 90, frameRate: 8 } } : wanted);
    };
  });
}

export interface Heard {
  readonly connections: number;
  readonly opened: readonly string[];
  readonly framesDecoded: number;
  readonly framesReceived: number;
  readonly energy: number;
  /** Of packets with sound. */
  readonly lost: number;
  readonly received: number;
  readonly pair: readonly (string | undefined)[];
  readonly gathered: readonly string[];
}

/** What the newest connection received and played. */
export async function heardBy({ page }: Person): Promise<Heard> {
  return page.evaluate(async () => {
    const connection = window.connections.at(-1);
    const stats = connection === undefined ? [] : [...(await connection.getStats()).values()];
    const inbound = stats.filter(({ type }) => type === "inbound-rtp");
    const pair = stats.find(
      ({ type, nominated, state }) => type === "candidate-pair" && nominated === true && state === "succeeded",
    );
    const candidate = (id: string | undefined): string | undefined => stats.find((one) => one.id === id)?.candidateType;
    const sum = (name: string): number => inbound.reduce((total, one) => total + (one[name] ?? 0), 0);
    return {
      connections: window.connections.length,
      opened: window.opened,
      framesDecoded: sum("framesDecoded"),
      framesReceived: sum("framesReceived"),
      energy: sum("totalAudioEnergy"),
      lost: sum("packetsLost"),
      received: sum("packetsReceived"),
      pair: [candidate(pair?.localCandidateId), candidate(pair?.remoteCandidateId)],
      gathered: [...new Set(stats.filter(({ type }) => type === "local-candidate").map((one) => String(one.candidateType)))],
    };
  });
}

/** What each connection that is open received and played. */
export async function eachHeardBy({ page }: Person): Promise<readonly { readonly frames: number; readonly energy: number }[]> {
  return page.evaluate(async () => {
    // Files have connections, too, without sections for media.
    const open = window.connections.filter(
      (connection) => connection.connectionState === "connected" && connection.getTransceivers().length > 0,
    );
    return Promise.all(
      open.map(async (connection) => {
        const inbound = [...(await connection.getStats()).values()].filter(({ type }) => type === "inbound-rtp");
        const sum = (name: string): number => inbound.reduce((total, one) => total + (one[name] ?? 0), 0);
        return { frames: sum("framesDecoded"), energy: sum("totalAudioEnergy") };
      }),
    );
  });
}

/** With exactly so many others, and each of them is heard and seen. */
export async function hearsAndSees(person: Person, others: number): Promise<boolean> {
  const each = await eachHeardBy(person);
  return each.length === others && each.every(({ frames, energy }) => frames > 5 && energy > 0);
}
