// A few bytes of a compressed stream can become any number. The library that takes them apart has no limit of its own, so what it calls
// to have memory, and to decompress, gets one here.

/** Of one piece. What doubles its buffer ends at twice of half of it. */
export const MAX_PIECE_BYTES = 128 * 2 ** 20;

interface Scope {
  Uint8Array: Uint8ArrayConstructor;
  DecompressionStream: typeof DecompressionStream;
}

/** @throws {RangeError} from then on, where somebody asks for more in one piece. */
export function limitAllocations(scope: Scope, maxBytes = MAX_PIECE_BYTES): void {
  const { Uint8Array: Bytes, DecompressionStream: Inflate } = scope;
  scope.Uint8Array = new Proxy(Bytes, {
    construct: (target, [wanted, ...rest]) => {
      if (typeof wanted === "number" && wanted > maxBytes) throw tooLarge();
      return Reflect.construct(target, [wanted, ...rest]);
    },
  });
  scope.DecompressionStream = new Proxy(Inflate, {
    construct: (target, [format]) => {
      const { readable, writable } = new target(format);
      return { readable: readable.pipeThrough(upTo(maxBytes)), writable };
    },
  });
}

/** Passes bytes on until they are more than that. */
function upTo(maxBytes: number): TransformStream<Uint8Array, Uint8Array> {
  let passed = 0;
  return new TransformStream({
    transform: (bytes, controller) => {
      passed += bytes.byteLength;
      if (passed > maxBytes) controller.error(tooLarge());
      else controller.enqueue(bytes);
    },
  });
}

function tooLarge(): RangeError {
  return new RangeError("a piece of this file is too large");
}
