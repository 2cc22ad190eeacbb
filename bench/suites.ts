// Every suite of `npm run bench`. A new one is a file in suites/ that exports `run`, and a line here.
import type { Suite } from "./result.ts";

export const SUITES: Readonly<Record<string, () => Promise<Suite>>> = {
  appends: () => import("./suites/appends.ts"),
  prosody: () => import("./suites/prosody.ts"),
  latency: () => import("./suites/latency.ts"),
  fanout: () => import("./suites/fanout.ts"),
  idle: () => import("./suites/idle.ts"),
  restart: () => import("./suites/restart.ts"),
  relay: () => import("./suites/relay.ts"),
  trust: () => import("./suites/trust.ts"),
  client: () => import("./suites/client.ts"),
  search: () => import("./suites/search.ts"),
  "message-bytes": () => import("./suites/message-bytes.ts"),
  groups: () => import("./suites/groups.ts"),
  files: () => import("./suites/files.ts"),
  // Their types are those of a page: checked with e2e, unknown here.
  "client-web": () => import(new URL("./suites/client-web.ts", import.meta.url).href),
  "files-web": () => import(new URL("./suites/files-web.ts", import.meta.url).href),
  web: () => import(new URL("./suites/web.ts", import.meta.url).href),
  map: () => import(new URL("./suites/map.ts", import.meta.url).href),
  calls: () => import(new URL("./suites/calls.ts", import.meta.url).href),
};
