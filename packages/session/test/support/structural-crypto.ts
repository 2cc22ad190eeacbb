// The insecure suite lives in the package that never ships.
export { createInsecureCrypto, seededRandom } from "../../../testkit/src/structural-crypto.ts";
