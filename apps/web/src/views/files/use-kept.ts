import type { TransferSnapshot } from "@p2pcrypt/client";
import { useEffect, useState } from "react";
import type { KeptFile } from "../../model/attachments.ts";

/** A download that is done, once it is known that it is still here. */
export function useKept(
  download: TransferSnapshot | undefined,
  keptOf: (transfer: TransferSnapshot) => Promise<KeptFile | undefined>,
): KeptFile | undefined {
  const [kept, setKept] = useState<{ readonly id: string; readonly file: KeptFile | undefined }>();
  const done = download?.state === "done" ? download : undefined;
  // looked at once for each download
  useEffect(() => {
    if (done === undefined) return;
    let isWanted = true;
    void keptOf(done).then((file) => (isWanted ? setKept({ id: done.id, file }) : undefined));
    return () => {
      isWanted = false;
    };
  }, [done?.id]);
  return done !== undefined && kept?.id === done.id ? kept.file : undefined;
}
