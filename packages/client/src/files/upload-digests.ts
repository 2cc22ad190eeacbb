// SHA-256 of each segment that this run of the program sealed for an upload. A file that is sealed once more, for the direct way, gives
// these segments or none: with other bytes its key would use a nonce twice (spec/protocol/sealed-file.md section 1).

/** Of uploads, and of segments in all (64 GiB): the oldest go. */
const MAX_UPLOADS = 64;
const MAX_SEGMENTS = 65_536;

export class UploadDigests {
  readonly #digests = new Map<string, Uint8Array[]>();

  /** In order. What begins anywhere else than at the beginning, after a restart of the program, is not whole and not kept. */
  take(uploadId: string, segment: number, digest: Uint8Array): void {
    const known = this.#digests.get(uploadId) ?? [];
    if (segment > known.length) return;
    known[segment] = digest;
    this.#digests.set(uploadId, known);
    while (this.#digests.size > MAX_UPLOADS || this.#count() > MAX_SEGMENTS)
      this.#digests.delete(this.#digests.keys().next().value ?? "");
  }

  /** @returns undefined unless all of them are known. */
  of(uploadId: string, segments: number): readonly Uint8Array[] | undefined {
    const known = this.#digests.get(uploadId);
    return known?.length === segments ? known : undefined;
  }

  forget(uploadId: string): void {
    this.#digests.delete(uploadId);
  }

  #count(): number {
    let count = 0;
    for (const { length } of this.#digests.values()) count += length;
    return count;
  }
}
