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

/** What a client gave last of each group: a list that is scrolled does not ask again. Goes with the client. */
const known = new WeakMap<PictureSource, Map<ConversationId, Held>>();

interface Held {
  readonly hash: string;
  readonly bytes: Uint8Array;
}

export function GroupPicture({ id, hash, ...looks }: Looks & { readonly id: ConversationId; readonly hash: string }) {
  const source = usePictures();
  const [bytes, setBytes] = useState<Uint8Array | undefined>(() => heldOf(source, id, hash));
  useEffect(() => {
    let isWanted = true;
    takeBytes(source, id, hash).then(
      (found) => {
        if (isWanted) setBytes(found);
      },
      () => {
        if (isWanted) setBytes(undefined); // the client ended, or the conversation is gone
      },
    );
    return () => {
      isWanted = false;
    };
  }, [source, id, hash]);
  return <PictureOf bytes={bytes} {...looks} />;
}

async function takeBytes(source: PictureSource, id: ConversationId, hash: string): Promise<Uint8Array | undefined> {
  const bytes = heldOf(source, id, hash) ?? (await source(id));
  const all = known.get(source) ?? new Map<ConversationId, Held>();
  known.set(source, all);
  if (bytes !== undefined) all.set(id, { hash, bytes });
  return bytes;
}

function heldOf(source: PictureSource, id: ConversationId, hash: string): Uint8Array | undefined {
  const held = known.get(source)?.get(id);
  return held?.hash === hash ? held.bytes : undefined;
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
