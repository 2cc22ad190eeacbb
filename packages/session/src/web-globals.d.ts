// Named by the type declarations of ts-mls; our keys are plain objects of this shape.
interface CryptoKey {
  readonly type: "public" | "private" | "secret";
}
