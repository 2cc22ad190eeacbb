// Saving a file of any size with little memory: into a file that the person chose, else as a download that the service worker feeds.
// Only what is small, or a browser that has neither, takes it from memory.

import { PieceReader } from "../protocol/pieces.ts";
import type { PageStreams, StreamedFile } from "./page-streams.ts";
import type { Platform } from "./platform.ts";

const SMALL_BYTES = 64 * 2 ** 20;
const MAX_MEMORY_BYTES = 512 * 2 ** 20;
const STEP_BYTES = 4 * 2 ** 20;
/** What is saved is not opened by the browser, whatever it says it is (B6). */
const TYPE = "application/octet-stream";

type Picker = (options: { readonly suggestedName: string }) => Promise<Pick<FileSystemFileHandle, "createWritable">>;

export interface SavingDeps {
  readonly save: Platform["save"];
  readonly streams: PageStreams;
  readonly picker: Picker | undefined;
  /** Opens an address that answers with a download. */
  readonly open: (url: string) => void;
}

export type Saved = "saved" | "canceled" | "impossible";

/** Called from a press: browsers show a choice of files then and at no other time. */
export async function saveFile({ save, streams, picker, open }: SavingDeps, file: StreamedFile): Promise<Saved> {
  if (file.bytes > SMALL_BYTES) {
    if (picker !== undefined) return saveTo(picker, file);
    if (await streams.canSave()) return saveStreamed(streams, open, file);
  }
  if (file.bytes > MAX_MEMORY_BYTES) return "impossible";
  const parts: Blob[] = [];
  for await (const part of partsOf(file)) parts.push(new Blob([part]));
  save({ name: file.name, type: TYPE, bytes: new Blob(parts) });
  return "saved";
}

export function pickerOf(page: Window): Picker | undefined {
  const found: unknown = Reflect.get(page, "showSaveFilePicker");
  return typeof found === "function" ? (options) => Reflect.apply(found, page, [options]) : undefined;
}

async function saveTo(picker: Picker, file: StreamedFile): Promise<Saved> {
  let handle: Awaited<ReturnType<Picker>>;
  try {
    handle = await picker({ suggestedName: file.name });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return "canceled";
    throw error;
  }
  const writable = await handle.createWritable();
  try {
    for await (const part of partsOf(file)) await writable.write(part);
  } catch (error) {
    await writable.abort();
    throw error;
  }
  await writable.close();
  return "saved";
}

async function saveStreamed(streams: PageStreams, open: (url: string) => void, file: StreamedFile): Promise<Saved> {
  await new Promise<void>((resolve) => {
    const { url, end } = streams.serve({ ...file, type: TYPE }, () => {
      end();
      resolve();
    });
    open(url);
  });
  return "saved"; // or stopped in the browser's own list of downloads, where the person sees it
}

/** Each part is gone when the next one is asked for. */
async function* partsOf({ bytes, pieces }: StreamedFile): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = new PieceReader(await pieces(), STEP_BYTES);
  try {
    for (let at = 0; at < bytes; ) {
      const part = await reader.read(at);
      if (part === undefined || part.length === 0) throw new TypeError("the file is not here any more");
      at += part.length;
      yield part;
    }
  } finally {
    reader.end();
  }
}
