// Lets go of what no transfer needs any more: the copy of what was sent or is not to be sent, what came and is not wanted, what was in a
// message that disappeared, and whatever a page that was killed left behind.
import type { Client, TransferSnapshot } from "@p2pcrypt/client";
import type { LocalFiles } from "./local-files.ts";

interface Transferring extends Pick<Client, "subscribe"> {
  readonly files: Pick<Client["files"], "transfers">;
}

export function followTransfers(client: Transferring, files: LocalFiles): void {
  const needed = async (): Promise<string[]> => (await client.files.transfers()).filter(isNeeded).map(({ ref }) => ref);
  // A file that cannot be removed now is removed when the page is loaded again.
  const sweep = (): void => void files.retain(needed).catch(() => undefined);
  client.subscribe((event) => {
    if (event.kind === "transfer" && isOver(event.transfer)) {
      const { ref, state } = event.transfer;
      (state === "done" ? files.sent(ref) : files.letGo(ref)).catch(() => undefined);
    }
    if (event.kind === "erased") sweep();
  });
  sweep();
}

/** A download that was cut off is removed by the client itself. */
function isOver({ direction, state, place }: TransferSnapshot): boolean {
  return direction === "up" ? state === "done" || state === "canceled" : state === "canceled" && place !== undefined;
}

function isNeeded(transfer: TransferSnapshot): boolean {
  return !isOver(transfer);
}
