// One way into a relay, tried by a connection of this page with itself that may take no other: out to the relay, and back from it.

/** `noWay`: the relay does not answer there. `refused`: it does, and does not take the credentials. `noReturn`: nothing comes back. */
export type RelayOutcome =
  | { readonly kind: "relays"; readonly tookMs: number }
  | { readonly kind: "noWay" | "refused" | "noReturn" };

export interface RelayLoopDeps {
  readonly nowMs: () => number;
  readonly after: (delayMs: number, run: () => void) => () => void;
}

const WITHIN_MS = 10_000;
/** RFC 8489 section 14.8, as icecandidateerror has it. */
const UNAUTHENTICATED = [401, 403, 441, 486];

export async function relayLoop(server: RTCIceServer, { nowMs, after }: RelayLoopDeps): Promise<RelayOutcome> {
  const configuration: RTCConfiguration = { iceServers: [server], iceTransportPolicy: "relay" };
  const [near, far] = [new RTCPeerConnection(configuration), new RTCPeerConnection(configuration)];
  const startedMs = nowMs();
  let [isFound, isRefused] = [false, false];
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    from.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate === null || candidate.candidate === "") return;
      isFound = true;
      to.addIceCandidate(candidate).catch(() => undefined); // closed meanwhile
    });
    from.addEventListener("icecandidateerror", ({ errorCode }) => {
      isRefused ||= UNAUTHENTICATED.includes(errorCode);
    });
  }
  try {
    const back = new Promise<void>((resolve) => {
      far.addEventListener("datachannel", ({ channel }) => {
        channel.addEventListener("message", ({ data }) => channel.send(data as string));
      });
      const channel = near.createDataChannel("");
      channel.addEventListener("open", () => channel.send("there and back"));
      channel.addEventListener("message", () => resolve());
    });
    await near.setLocalDescription();
    if (near.localDescription !== null) await far.setRemoteDescription(near.localDescription);
    await far.setLocalDescription();
    if (far.localDescription !== null) await near.setRemoteDescription(far.localDescription);
    const isBack = await Promise.race([
      back.then(() => true),
      gaveUp([near, far], () => isFound).then(() => false),
      new Promise<false>((resolve) => {
        after(WITHIN_MS, () => resolve(false));
      }),
    ]);
    if (isBack) return { kind: "relays", tookMs: nowMs() - startedMs };
    return { kind: isFound ? "noReturn" : isRefused ? "refused" : "noWay" };
  } finally {
    near.close();
    far.close();
  }
}

/** Both have looked everywhere and found nothing, or what they found does not connect. */
function gaveUp(connections: readonly RTCPeerConnection[], isFound: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      const isOver = connections.every(({ iceGatheringState }) => iceGatheringState === "complete");
      if ((isOver && !isFound()) || connections.some(({ connectionState }) => connectionState === "failed")) resolve();
    };
    for (const connection of connections) {
      connection.addEventListener("icegatheringstatechange", look);
      connection.addEventListener("connectionstatechange", look);
    }
  });
}
