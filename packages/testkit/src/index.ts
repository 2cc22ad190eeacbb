// For tests only: a world of nodes and clients in one process, with faults. Never shipped.
export { FAIR_WEATHER, InProcessNetwork, type Weather } from "./in-process-network.ts";
export type { NodeSteps } from "./malicious-node.ts";
export { createInsecureCrypto, seededRandom } from "./structural-crypto.ts";
export { createStructuralIdentity, type StructuralIdentity } from "./structural-identity.ts";
export { VirtualTime, WallClock } from "./virtual-time.ts";
export { type Person, World, type WorldOptions } from "./world.ts";
