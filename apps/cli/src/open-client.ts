// A client on this machine's vault and network.
import { webcrypto } from "node:crypto";
import { hostname } from "node:os";
import type { Client, ClientDeps, FileDeps, StopCode } from "@p2pcrypt/client";
import { openClient, openPgpIdentity, type WebSocketLike, webBlobs, webTransport } from "@p2pcrypt/client";
import { createXWingCrypto } from "@p2pcrypt/session";
import { deriveKeyArgon2id } from "@p2pcrypt/vault/argon2";
import { WebSocket } from "ws";
import { backUpWhenDue } from "./backup-plan.ts";
import type { CommandContext } from "./context.ts";
import { verifySignature } from "./ed25519.ts";
import { CommandError, EXIT } from "./exit-codes.ts";
import { type OpenHome, openHome } from "./home.ts";
import { systemClock, systemRandom, systemTimers } from "./platform.ts";

/** What asks a node without a home. */
export function nodeDeps(): Pick<ClientDeps, "clock" | "timers" | "identity" | "transport"> {
  return {
    clock: systemClock,
    timers: systemTimers,
    identity: { ...openPgpIdentity, verifySignature },
    transport: webTransport({ fetch, connect }),
  };
}

export function depsFor({ vault }: OpenHome, files?: FileDeps): ClientDeps {
  return {
    ...nodeDeps(),
    random: systemRandom,
    vault,
    crypto: createXWingCrypto(systemRandom),
    deriveKey: deriveKeyArgon2id,
    deviceName: hostname(),
    blobs: {
      subtle: webcrypto.subtle,
      blobs: webBlobs({ fetch, abortController: () => new AbortController(), timers: systemTimers }),
    },
    ...(files === undefined ? {} : { files }),
  };
}

function connect(url: string): WebSocketLike {
  const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: 15_000 });
  const like: WebSocketLike = {
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: (text) => socket.send(text),
    close: () => socket.close(),
  };
  socket.on("open", () => like.onopen?.());
  socket.on("message", (data: Buffer, isBinary: boolean) => like.onmessage?.({ data: isBinary ? data : data.toString("utf8") }));
  socket.on("close", () => like.onclose?.());
  socket.on("error", () => like.onerror?.());
  return like;
}

/** Opens the client of a home, does a job with it, and lets everything go. `isOnline`: connects first. `files`: transfers go on. `asksAgain`: for the passphrase, even when it was given once for the session. */
export async function withClient<Result>(
  context: CommandContext,
  { isOnline, files, asksAgain }: { readonly isOnline: boolean; readonly files?: FileDeps; readonly asksAgain?: boolean },
  job: (client: Client, home: OpenHome) => Promise<Result>,
): Promise<Result> {
  const home = await openHome(context, { asksAgain: asksAgain === true });
  try {
    const client = await openClient(depsFor(home, files));
    let stopped: CommandError | undefined;
    client.subscribe((event) => {
      if (event.kind === "stopped") stopped = stopOf(event.code, home);
    });
    try {
      if (isOnline) client.start();
      const result = await job(client, home);
      if (isOnline && stopped === undefined) await backUpWhenDue(client, context);
      if (stopped !== undefined) throw stopped;
      return result;
    } catch (error) {
      throw stopped ?? error;
    } finally {
      await client.close();
    }
  } finally {
    await home.vault.close();
  }
}

/** Why a client stopped by itself, in words; undefined when it was asked to. */
function stopOf(code: StopCode, { store }: OpenHome): CommandError | undefined {
  if (code === "client/deleted") return undefined;
  if (code === "client/removed") {
    return new CommandError(
      EXIT.refused,
      code,
      "this device was removed by another one of yours: nothing more is sent from here. Delete this home, and link it anew if that was a mistake",
    );
  }
  if (code === "client/cloned") {
    return new CommandError(
      EXIT.refused,
      code,
      "a copy of this identity's vault is in use elsewhere: nothing more is sent from here. Export, delete this home, and import it as a new device",
    );
  }
  if (store.isTakenOver)
    return new CommandError(EXIT.inUse, "vault/takenOver", "another process took this home over; nothing more was written here");
  return new CommandError(EXIT.failed, "vault/notStored", "the vault could not be written; nothing more is done here");
}

/** Waits until everything due is done, at most `maxMs`: a node that hangs does not hang the command. */
export async function settleWithin(client: Client, maxMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, maxMs);
  });
  await Promise.race([client.settled(), timeout]);
  clearTimeout(timer);
}

/** Waits until a node was reached or was not, at most `maxMs`. */
export async function reachedWithin(client: Pick<Client, "nodes" | "subscribe">, nodeUrl: string, maxMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (client.nodes().every(({ url, state }) => url !== nodeUrl || state.kind !== "connecting")) over();
    };
    const timer = setTimeout(() => over(), maxMs);
    const unsubscribe = client.subscribe((event) => {
      if (event.kind === "node" || event.kind === "nodeForgotten" || event.kind === "stopped") look();
    });
    const over = (): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    look();
  });
}
