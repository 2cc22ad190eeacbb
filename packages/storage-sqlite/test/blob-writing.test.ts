// The way of an upload's bytes to the disk, with a file that answers when it is told to.
import { describe, expect, it } from "vitest";
import { type BlobFile, BlobWriting } from "../src/blob-writing.ts";

const MIB = 1024 * 1024;

/** A file of which is known what was written, and what a power cut would leave. */
class Disk {
  written = 0;
  flushed = 0;
  roomBytes = Number.POSITIVE_INFINITY;
  flushes: { readonly at: number; readonly done: () => void; readonly failed: (cause: Error) => void }[] = [];

  get handle(): BlobFile {
    const write: BlobFile["write"] = async (_, __, size, at) => {
      if (at !== this.written) throw new Error(`written at ${at} and not at ${this.written}`);
      if (at >= this.roomBytes) throw new Error("no room");
      const bytesWritten = Math.min(size, this.roomBytes - at, 700_000);
      this.written += bytesWritten;
      return { bytesWritten };
    };
    const datasync = (): Promise<void> =>
      new Promise((resolve, reject) => {
        const at = this.written;
        const done = (): void => {
          this.flushed = Math.max(this.flushed, at);
          resolve();
        };
        this.flushes.push({ at, done, failed: reject });
      });
    return { write, datasync };
  }

  /** Until a flush is asked for. */
  async flush(): Promise<Disk["flushes"][number]> {
    for (;;) {
      const next = this.flushes.shift();
      if (next !== undefined) return next;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

describe("the writing of a blob", () => {
  it("T1: flushes while more is written, and tells only what is on the disk", async () => {
    const disk = new Disk();
    const told: number[] = [];
    const writing = new BlobWriting(disk.handle, 0, (at) => {
      expect(at).toBeLessThanOrEqual(disk.flushed);
      told.push(at);
    });
    const piece = new Uint8Array(300_000);
    const fill = async (bytes: number): Promise<void> => {
      while (writing.end < bytes) await writing.add(piece.subarray(0, bytes - writing.end));
    };
    await fill(20 * MIB);
    const first = await disk.flush();
    expect([first.at >= 8 * MIB, disk.written > first.at, told, disk.flushes.length]).toEqual([true, true, [], 0]);
    first.done();
    await fill(80 * MIB);
    for (let flushed = 0; flushed < 40 * MIB; flushed = disk.flushed) {
      await fill(writing.end + 9 * MIB);
      (await disk.flush()).done();
    }
    await fill(writing.end + 2 * MIB);
    expect([told.length > 0, (told.at(-1) ?? 0) >= 32 * MIB]).toEqual([true, true]);
    const finished = writing.finish();
    let isOver = false;
    finished.then(() => {
      isOver = true;
    });
    while (!isOver) {
      disk.flushes.shift()?.done();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([told.at(-1), disk.flushed, disk.written]).toEqual([writing.end, writing.end, writing.end]);
  });

  it("O2: what came before a full disk is on it and told; the failure is told too", async () => {
    const disk = new Disk();
    disk.roomBytes = 2_500_000;
    const told: number[] = [];
    const writing = new BlobWriting(disk.handle, 0, (at) => told.push(at));
    const adding = (async () => {
      for (let n = 0; n < 8; n++) await writing.add(new Uint8Array(MIB));
    })();
    await expect(adding).rejects.toThrow("no room");
    const finished = expect(writing.finish()).rejects.toThrow("no room");
    (await disk.flush()).done();
    await finished;
    expect([told, disk.flushed]).toEqual([[2_500_000], 2_500_000]);
  });

  it("O2: a disk that failed to flush once is not believed when it says later that all is well", async () => {
    const disk = new Disk();
    const told: number[] = [];
    const writing = new BlobWriting(disk.handle, 0, (at) => told.push(at));
    for (let n = 0; n < 10; n++) await writing.add(new Uint8Array(MIB));
    (await disk.flush()).failed(new Error("the disk failed"));
    await expect(writing.finish()).rejects.toThrow("the disk failed");
    expect([told, disk.flushes]).toEqual([[], []]);
  });
});
