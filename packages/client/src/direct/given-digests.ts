// Which segments a file that is given has to have. Of what an earlier run of the program sent nobody knows them any more: the file is
// sealed once with nothing of it leaving, and counts when its hash is the one that was sent (spec/protocol/direct-file.md section 3).
import { equalBytes } from "@p2pcrypt/bytes";
import { FileHash, FileSealer, type Subtle, sealedLayout } from "@p2pcrypt/files";
import type { Core } from "../core.ts";
import type { FileSource } from "../files/file-ports.ts";
import { Lane } from "../run/lane.ts";
import type { UploadRow } from "../store/file-rows.ts";

/** What is larger would not be looked through before whoever asks gives up. */
const MAX_LOOKED_THROUGH_BYTES = 1024 * 1024 * 1024;

export class GivenDigests {
  readonly #core: Core;
  /** One at a time: it costs what sealing costs. */
  readonly #lane = new Lane();
  /** Uploads whose file is another one now: nobody makes this device look twice. */
  readonly #others = new Set<string>();

  constructor(core: Core) {
    this.#core = core;
  }

  /** `source`: of the size and the version that were sent. @returns undefined when it is another file. */
  async of(subtle: Subtle, row: UploadRow, source: FileSource): Promise<readonly Uint8Array[] | undefined> {
    const { uploadDigests } = this.#core;
    const { segments } = sealedLayout({ trueBytes: row.bytes, type: row.type });
    const known = uploadDigests.of(row.id, segments);
    if (known !== undefined || row.bytes > MAX_LOOKED_THROUGH_BYTES) return known;
    return this.#lane.run(async () => {
      if (!this.#others.has(row.id)) await this.#look(subtle, row, source);
      return uploadDigests.of(row.id, segments);
    });
  }

  async #look(subtle: Subtle, { id, secret, bytes, type, part }: UploadRow, source: FileSource): Promise<void> {
    const core = this.#core;
    const sealer = await FileSealer.create(subtle, secret, { trueBytes: bytes, type });
    if (core.uploadDigests.of(id, sealer.layout.segments) !== undefined) return; // for whoever asked before
    const hash = new FileHash(subtle);
    const digests: Uint8Array[] = [];
    for await (const { digest } of sealer.segments((at, size) => source.read(at, size))) {
      if (core.isStopped) return;
      digests.push(digest);
      await hash.add(digest);
    }
    const isSame = part !== undefined && part.until === digests.length && equalBytes(part.chainAfter, hash.chain);
    if (!isSame) this.#others.add(id);
    else for (const [index, digest] of digests.entries()) core.uploadDigests.take(id, index, digest);
  }
}
