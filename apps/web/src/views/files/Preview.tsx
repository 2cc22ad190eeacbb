import { FileText } from "lucide-react";
import { useEffect, useState } from "react";
import type { KeptFile } from "../../model/attachments.ts";
import { drawnType, PICTURE_HEAD_BYTES } from "../../model/picture.ts";

/** What is played in place. Pictures go by their bytes; everything else is saved, and never opened in here. */
const PLAYED: Readonly<Record<string, "audio" | "video">> = {
  "audio/mpeg": "audio",
  "audio/mp4": "audio",
  "audio/ogg": "audio",
  "audio/wav": "audio",
  "audio/webm": "audio",
  "video/mp4": "video",
  "video/webm": "video",
};

const PICTURES: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"]);

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
  if (kind === "img") return <img className="file-shown" src={url} alt={name} />;
  // What people send each other comes without captions.
  if (kind === "audio") {
    // biome-ignore lint/a11y/useMediaCaption: there is none to give
    return <audio className="file-shown" src={url} controls />;
  }
  // biome-ignore lint/a11y/useMediaCaption: there is none to give
  return <video className="file-shown" src={url} controls />;
}

async function shownOf({ kept, thumbnail, type, stream }: Omit<PreviewProps, "name">): Promise<Shown | undefined> {
  const head = kept === undefined ? thumbnail : await kept.read(0, PICTURE_HEAD_BYTES);
  const drawn = head === undefined ? undefined : drawnType(new Uint8Array(head));
  const kind = drawn === undefined ? (kept === undefined ? undefined : PLAYED[type]) : "img";
  if (kind === undefined) return undefined;
  const bytes = kept === undefined ? new Blob([new Uint8Array(thumbnail ?? [])]) : await kept.take();
  if (bytes !== undefined) {
    const url = URL.createObjectURL(bytes.slice(0, bytes.size, drawn ?? type));
    return { url, kind, end: () => URL.revokeObjectURL(url) };
  }
  const streamed = kept === undefined || kind === "img" ? undefined : stream(kept, type);
  return streamed === undefined ? undefined : { ...streamed, kind };
}
