// Our relay in a process of its own, as a node runs it: argument 1 is its port. Quotas are out of the way, and it may talk to PEER_IP.
import { DEFAULT_TURN_QUOTAS, parseSubnet } from "@p2pcrypt/turn";
import { listenTurn } from "@p2pcrypt/turn/node";
import { PEER_IP, RELAY_SECRET } from "./relay-process.ts";

const here = { ipv4: "127.0.0.1" };
const peers = parseSubnet(PEER_IP);
await listenTurn({
  realm: "p2pcrypt",
  secret: RELAY_SECRET,
  relayIps: here,
  relayHosts: here,
  hosts: [here.ipv4],
  port: Number(process.argv[2]),
  ports: { first: 49_152, last: 65_535 },
  quotas: {
    ...DEFAULT_TURN_QUOTAS,
    allocationsPerLease: 10_000,
    allocationsPerAddress: 10_000,
    allocations: 10_000,
    bytesPerSecondPerAllocation: 1e9,
    bytesPerSecond: 1e10,
    bytesPerLeasePerDay: 1e15,
  },
  allowedPeers: peers === undefined ? [] : [peers],
});
process.stdout.write("ready\n");
