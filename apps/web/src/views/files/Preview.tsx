import { FileText } from "lucide-react";
import { useEffect, useState } from "react";
import type { KeptFile } from "../../model/attachments.ts";
import { DECODED_TYPES, type DrawnType, drawnType, MAX_SMALL_PIXELS, PICTURE_HEAD_BYTES, stillOf } from "../../model/picture.ts";

/** What is played in place, and as what. Pictures go by their bytes; everything else is saved, and never opened in here. */
const PLAYED: Readonly<Record<string, string>> = {
  "audio/aac": "audio/aac",
  "audio/flac": "audio/flac",
  "audio/mpeg": "audio/mpeg",
  "audio/mp4": "audio/mp4",
  "audio/x-m4a": "audio/mp4",
  "audio/ogg": "audio/ogg",
  "audio/wav": "audio/wav",
  "audio/x-wav": "audio/wav",
  "audio/webm": "audio/webm",
  "video/mp4": "video/mp4",
  "video/ogg": "video/ogg",
  "video/quicktime": "video/mp4",
  "video/webm": "video/webm",
};

const PICTURES: ReadonlySet<string> = new Set(DECODED_TYPES);

/** By its sender's word: whether it is drawn, its bytes decide. */
export function isPicture({ type }: { readonly type: string }): boolean {
  return PICTURES.has(type);
}

export interface PreviewProps {
  readonly kept: KeptFile | undefined;
  readonly thumbnail: Uint8Array | undefined;
  /** The sender's word. */
  readonly type: string;
  readonly name: string;
  /** An address under which the browser reads what it needs of it, and how to take it back; undefined where there is none. */
  readonly stream: (kept: KeptFile, type: string) => { readonly url: string; readonly end: () => void } | undefined;
}

interface Shown {
  readonly url: string;
  readonly kind: "img" | "audio" | "video";
  readonly end: () => void;
}

/** Nothing else of a file is interpreted in here than still pictures within limits, sound and film (B5, B6). */
export function Preview({ kept, thumbnail, type, name, stream }: PreviewProps) {
  const [shown, setShown] = useState<Shown>();
  // `stream` is new with every render and the same for one page
  useEffect(() => {
    let made: Shown | undefined;
    let isWanted = true;
    void shownOf({ kept, thumbnail, type, stream }).then((found) => {
      if (isWanted) setShown(found);
      else found?.end();
      made = found;
    });
    return () => {
      isWanted = false;
      made?.end();
    };
  }, [kept, thumbnail, type]);
  if (shown === undefined) return <FileText size={28} aria-hidden />;
  const { url, kind } = shown;
  // What is not what it was called, or what this browser cannot play, is saved.
  const onError = (): void => setShown(undefined);
  if (kind === "img") return <img className="file-shown" src={url} alt={name} onError={onError} />;
  // What people send each other comes without captions.
  if (kind === "audio") {
    // biome-ignore lint/a11y/useMediaCaption: there is none to give
    return <audio className="file-shown" src={url} controls onError={onError} />;
  }
  // biome-ignore lint/a11y/useMediaCaption: there is none to give
  return <video className="file-shown" src={url} controls onError={onError} />;
}

async function shownOf({ kept, thumbnail, type, stream }: Omit<PreviewProps, "name">): Promise<Shown | undefined> {
  if (kept === undefined) {
    const drawn = thumbnail === undefined ? undefined : drawnType(thumbnail, MAX_SMALL_PIXELS);
    return drawn === undefined ? undefined : pictureOf(drawn, new Uint8Array(thumbnail ?? []));
  }
  const head = await kept.read(0, PICTURE_HEAD_BYTES);
  const drawn = head === undefined ? undefined : drawnType(head);
  const played = PLAYED[type];
  if (drawn === undefined && played === undefined) return undefined;
  const bytes = await kept.take();
  if (drawn !== undefined) return bytes === undefined ? undefined : pictureOf(drawn, new Uint8Array(await bytes.arrayBuffer()));
  if (played === undefined) return undefined;
  const kind = played.startsWith("audio/") ? "audio" : "video";
  if (bytes !== undefined) return { kind, ...addressOf(bytes.slice(0, bytes.size, played)) };
  const streamed = stream(kept, played);
  return streamed === undefined ? undefined : { kind, ...streamed };
}

function pictureOf(type: DrawnType, bytes: Uint8Array<ArrayBuffer>): Shown | undefined {
  const still = stillOf(type, bytes);
  return still === undefined ? undefined : { kind: "img", ...addressOf(new Blob([still], { type })) };
}

function addressOf(bytes: Blob): Omit<Shown, "kind"> {
  const url = URL.createObjectURL(bytes);
  return { url, end: () => URL.revokeObjectURL(url) };
}
