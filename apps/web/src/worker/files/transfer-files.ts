// Lets go of what no transfer needs any more: the copy of what was sent or is not to be sent, what came and is not wanted, and whatever a
// page that was killed left behind.
import type { Client, TransferSnapshot } from "@p2pcrypt/client";
import type { LocalFiles } from "./local-files.ts";

export function followTransfers(client: Pick<Client, "files" | "subscribe">, files: LocalFiles): void {
  client.subscribe((event) => {
    // A file that cannot be removed now is removed when the page is loaded again.
    if (event.kind === "transfer" && isOver(event.transfer)) files.letGo(event.transfer.ref).catch(() => undefined);
  });
  const sweep = async (): Promise<void> => files.retain((await client.files.transfers()).filter(isNeeded).map(({ ref }) => ref));
  sweep().catch(() => undefined);
}

/** A download that was cut off is removed by the client itself. */
function isOver({ direction, state, place }: TransferSnapshot): boolean {
  return direction === "up" ? state === "done" || state === "canceled" : state === "canceled" && place !== undefined;
}

function isNeeded(transfer: TransferSnapshot): boolean {
  return !isOver(transfer);
}
