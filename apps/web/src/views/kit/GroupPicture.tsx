// Pictures of groups. Their bytes come from others: they are drawn within limits or not at all (B5).
import type { ConversationId } from "@p2pcrypt/client";
import { type ReactNode, useEffect, useState } from "react";
import { groupPictureType } from "../../model/group-picture.ts";
import { stillOf } from "../../model/picture.ts";
import { type PictureSource, usePictures } from "../surroundings.ts";

interface Looks {
  readonly size: string;
  /** Instead, as long as there is none to show. */
  readonly otherwise: ReactNode;
}

/** What a client gave already, by hash: a list that is scrolled does not ask again. Goes with the client. */
const known = new WeakMap<PictureSource, Map<string, Uint8Array>>();

export function GroupPicture({ id, hash, ...looks }: Looks & { readonly id: ConversationId; readonly hash: string }) {
  const source = usePictures();
  const [bytes, setBytes] = useState<Uint8Array | undefined>(known.get(source)?.get(hash));
  useEffect(() => {
    let isWanted = true;
    takeBytes(source, id, hash).then(
      (found) => {
        if (isWanted) setBytes(found);
      },
      () => undefined, // the client ended, or the conversation is gone: what is drawn from an id stays
    );
    return () => {
      isWanted = false;
    };
  }, [source, id, hash]);
  return <PictureOf bytes={bytes} {...looks} />;
}

async function takeBytes(source: PictureSource, id: ConversationId, hash: string): Promise<Uint8Array | undefined> {
  const held = known.get(source) ?? new Map<string, Uint8Array>();
  known.set(source, held);
  const bytes = held.get(hash) ?? (await source(id));
  if (bytes !== undefined) held.set(hash, bytes);
  return bytes;
}

export function PictureOf({ bytes, size, otherwise }: Looks & { readonly bytes: Uint8Array | undefined }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const type = bytes === undefined ? undefined : groupPictureType(bytes);
    const still = type === undefined ? undefined : stillOf(type, new Uint8Array(bytes ?? []));
    const made = still === undefined || type === undefined ? undefined : URL.createObjectURL(new Blob([still], { type }));
    setUrl(made);
    return () => {
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [bytes]);
  if (url === undefined) return otherwise;
  return <img className={`avatar ${size}`} src={url} alt="" onError={() => setUrl(undefined)} />;
}
