// A STUN and TURN server (RFC 8489, RFC 8656) as a state machine, and the client's half for tests and diagnosis. `./node` opens its sockets.

export type { TurnCounters } from "./counters.ts";
export { createCredentials, leaseName, type RelayCredentials, readUsername } from "./credentials.ts";
export { type IpFamily, parseIp, type TransportAddress } from "./ip-address.ts";
export { PeerPolicy, parseSubnet, type Subnet } from "./peer-policy.ts";
export type { ClientLink, RelaySocket, TurnDeps, TurnOptions } from "./ports.ts";
export { DEFAULT_TURN_QUOTAS, type TurnQuotas } from "./quotas.ts";
export { StreamFraming } from "./stream-framing.ts";
export { type AllocateOutcome, type TurnAnswer, TurnClient, type TurnClientDeps } from "./turn-client.ts";
export { TurnServer } from "./turn-server.ts";
