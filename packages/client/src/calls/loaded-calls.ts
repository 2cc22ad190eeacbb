// All that is fetched with the first call.
export { CallKeys } from "./call-keys.ts";
export { CallRuns } from "./calls.ts";
export { GroupCallRuns } from "./group-calls.ts";
export { RingLimit } from "./ring-limit.ts";
