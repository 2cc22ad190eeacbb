// A node's behaviour, from request to response. Opens no socket: whoever listens hands requests in.
export type { BlobRequest, BlobResponse } from "./blob-http.ts";
export type { NodeRequest, NodeResponse } from "./http.ts";
export { type IdentityChecks, type KeyserverView, openPgpChecks } from "./identity-checks.ts";
export { createNode, type Node, type NodeSocket, type NodeStats } from "./node.ts";
export type { BlobService, Fault, NodeDeps, NodeOptions, RelayPort } from "./node-options.ts";
export type { Rate } from "./rate-limiter.ts";
export { DEFAULT_RATE_LIMITS, type RateLimits } from "./rate-limits.ts";
export type { SocketPeer } from "./socket-session.ts";
