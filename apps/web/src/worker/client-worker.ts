// The script of both workers. Under the name `compute` it is the compute worker; else it is the client worker, which starts the other.
import { type ClientDeps, webBlobs, webTransport } from "@p2pcrypt/client";
import type { Subtle } from "@p2pcrypt/files";
import { createXWingCrypto } from "@p2pcrypt/session";
import { computeHandlers } from "../compute/compute.ts";
import { hashingSubtle } from "../hashing/hashing-subtle.ts";
import { Caller } from "../protocol/caller.ts";
import type { ClientNotice, ClientOperations } from "../protocol/client-protocol.ts";
import type { ComputeOperations } from "../protocol/compute-protocol.ts";
import { portOf } from "../protocol/port.ts";
import { serve } from "../protocol/serve.ts";
import { scriptUrl } from "../protocol/worker-script.ts";
import { deviceNameOf } from "../text/device-name.ts";
import { ClientHost } from "./client-host.ts";
import { Egress } from "./egress.ts";
import { LocalFiles } from "./files/local-files.ts";
import type { PartSender } from "./files/part-sender.ts";
import { webIdentityLock } from "./identity-lock.ts";
import { browserVaultHome, type VaultHome } from "./owned-store.ts";
import { connectWebSocket, workerClock, workerRandom, workerTimers } from "./platform.ts";
import { remoteCompute } from "./remote-compute.ts";

declare const self: DedicatedWorkerGlobalScope;

const COMPUTE = "compute";

if (self.name === COMPUTE) serve<ComputeOperations>(portOf(self), computeHandlers);
else serveClient();

function serveClient(): void {
  let compute: Caller<ComputeOperations> | undefined;
  const startCompute = (): Caller<ComputeOperations> => {
    const worker = new Worker(scriptUrl(self.location.href, self.location.origin), { type: "module", name: COMPUTE });
    const caller = new Caller<ComputeOperations>(portOf(worker), () => undefined);
    worker.onerror = () => caller.end();
    return caller;
  };
  const { identity, deriveKey } = remoteCompute(() => {
    compute ??= startCompute();
    return compute;
  });
  const egress = new Egress(self.location.origin);
  // Fetched when there is a vault: not needed for the first sight.
  const files = new LocalFiles(async (key) => (await import("./files/open-hold.ts")).openHold(key));
  let sender: PartSender | undefined;
  const parts = async (): Promise<PartSender> => {
    const [{ PartSender }, { openPartFolder }] = await Promise.all([
      import("./files/part-sender.ts"),
      import("./files/private-folder.ts"),
    ]);
    sender ??= new PartSender({
      fetch: (url, init) => fetch(url, init),
      openFolder: () => openPartFolder(navigator.storage),
    });
    return sender;
  };
  const client: Omit<ClientDeps, "vault"> = {
    clock: workerClock,
    timers: workerTimers,
    random: workerRandom,
    crypto: createXWingCrypto(workerRandom),
    identity,
    transport: webTransport(egress.guarded({ fetch: (url, init) => fetch(url, init), connect: connectWebSocket })),
    deriveKey,
    deviceName: deviceNameOf(navigator.userAgent),
    files: {
      // It fits but for shared memory, which nothing here has.
      subtle: hashingSubtle(crypto.subtle as Subtle, async () => {
        const { startHashing } = await import("./files/start-hashing.ts");
        return startHashing(self.location.origin);
      }),
      blobs: webBlobs<AbortSignal, readonly Uint8Array[]>(
        {
          fetch: egress.guardedBlobs(async (url, init) => (await parts()).send(url, init)),
          abortController: () => new AbortController(),
          timers: workerTimers,
        },
        (pieces) => pieces,
      ),
      openSource: (ref) => files.openSource(ref),
      openSink: (ref) => files.openSink(ref),
      openDirect: async (stunUrls, events) => {
        const { pageConnection } = await import("./direct/page-connection.ts");
        const { port1, port2 } = new MessageChannel();
        tell({ kind: "direct", port: port2, stunUrls }, [port2]);
        return pageConnection(port1, events);
      },
    },
  };
  const host = new ClientHost({
    client,
    home: withFiles(browserVaultHome({ factory: indexedDB, keyRange: IDBKeyRange }, crypto.subtle)),
    lock: webIdentityLock({
      locks: navigator.locks,
      openChannel: () => new BroadcastChannel("p2pcrypt identity"),
      timers: workerTimers,
    }),
    egress,
    files,
    tell: (notice) => tell(notice),
  });
  const tell = serve<ClientOperations, ClientNotice>(portOf(self), host.handlers());
}

/** Whoever removes the vault removes the files that it opens. */
function withFiles(home: VaultHome): VaultHome {
  return {
    open: (lost) => home.open(lost),
    remove: async () => {
      await home.remove();
      await (await import("./files/private-folder.ts")).removePrivateFolder(navigator.storage);
    },
  };
}
