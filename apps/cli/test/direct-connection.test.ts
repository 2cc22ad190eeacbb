// Direct connections of the terminal, one with the other and with somebody who sends what no program of ours does.
import type { DirectConnection } from "@p2pcrypt/client";
import { afterEach, expect, it } from "vitest";
import { RTCPeerConnection } from "werift";
import { directDeps } from "../src/direct/open-direct.ts";

const { openDirect } = directDeps();
const ends: { close(): void }[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end.close();
});

interface Watched {
  readonly connection: DirectConnection;
  readonly isOpen: Promise<void>;
  readonly isClosed: Promise<void>;
  /** Resolves once so many messages came. */
  messages(count: number): Promise<readonly Uint8Array[]>;
}

async function opened(): Promise<Watched> {
  if (openDirect === undefined) throw new Error("the optional package is installed for tests");
  const [open, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const came: Uint8Array[] = [];
  let look: () => void = () => undefined;
  const connection = await openDirect([], {
    open: open.resolve,
    closed: closed.resolve,
    message: (bytes) => {
      came.push(bytes);
      look();
    },
  });
  ends.push(connection);
  const messages = (count: number): Promise<readonly Uint8Array[]> =>
    new Promise((resolve) => {
      look = () => {
        if (came.length >= count) resolve(came);
      };
      look();
    });
  return { connection, isOpen: open.promise, isClosed: closed.promise, messages };
}

/** A terminal's end, connected with a peer that is driven by the test. */
async function withPeer() {
  const watched = await opened();
  const peer = new RTCPeerConnection({ iceServers: [{ urls: "stun:127.0.0.1:9" }], iceStunGatherTimeout: 0.1 });
  ends.push({ close: () => void peer.close() });
  peer.createDataChannel("file", { negotiated: true, id: 0 });
  await peer.setLocalDescription(await peer.createOffer());
  const sdp = await watched.connection.answer(peer.localDescription?.sdp ?? "");
  await peer.setRemoteDescription({ type: "answer", sdp });
  await watched.isOpen;
  const sctp = peer.sctpTransport?.sctp;
  if (sctp === undefined) throw new Error("it is connected");
  return { ...watched, sctp };
}

it("carry messages whole and in order in both directions, without a name in their descriptions, until one side ends it", async () => {
  const [one, other] = [await opened(), await opened()];
  const offer = await one.connection.offer();
  const answer = await other.connection.answer(offer);
  await one.connection.accept(answer);
  await Promise.all([one.isOpen, other.isOpen]);
  for (const sdp of [offer, answer]) expect(sdp).not.toMatch(/\.local|typ relay/);
  for (let at = 0; at < 40; at++) await one.connection.send(new Uint8Array(65_536).fill(at));
  await other.connection.send(Uint8Array.of(1, 2, 3));
  const came = await other.messages(40);
  expect(came.map((bytes) => [bytes.length, bytes[0], bytes[65_535]])).toEqual(came.map((_, at) => [65_536, at, at]));
  expect(await one.messages(1)).toEqual([Uint8Array.of(1, 2, 3)]);
  one.connection.close();
  await other.isClosed;
});

interface Sctp {
  send(stream: number, protocol: number, bytes: Buffer): Promise<void>;
}

it.each<[string, (sctp: Sctp) => Promise<void>]>([
  [
    "a message without an end",
    (sctp) => {
      // Whoever means harm sends on when told that there is no more room.
      Object.defineProperty(sctp, "peerRwnd", { get: () => Number.POSITIVE_INFINITY });
      return sctp.send(0, 53, Buffer.alloc(16 * 1024 * 1024));
    },
  ],
  ["what is no kind of message", (sctp) => sctp.send(0, 99, Buffer.alloc(10))],
  ["text", (sctp) => sctp.send(0, 51, Buffer.from("hello"))],
])("B3: are over, and nothing else is, when somebody sends %s", async (_what, attack) => {
  const { sctp, isClosed, messages } = await withPeer();
  attack(sctp).catch(() => undefined); // it ends in the middle
  await isClosed;
  expect(await messages(0)).toEqual([]);
});

it("K1: are over when what they are to answer is no description", async () => {
  const { connection, isClosed } = await opened();
  const answered = expect(connection.answer("v=0\r\nm=nothing")).rejects.toThrow(RangeError);
  await Promise.all([isClosed, answered]);
});
