// Everything outside the client, as arguments. The client starts nothing that these do not carry.
import type { OperationName, RequestOf, ResponseOf } from "@p2pcrypt/api";
import type { Clock, RandomBytes, Timers } from "@p2pcrypt/bytes";
import type { SessionCrypto } from "@p2pcrypt/session";
import type { Vault } from "@p2pcrypt/vault";
import type { BlobDeps, FileDeps } from "./files/file-ports.ts";
import type { IdentityPort } from "./identity-port.ts";

export interface ClientDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomBytes;
  /** Unlocked, and held by this client alone. */
  readonly vault: Vault;
  readonly crypto: SessionCrypto;
  readonly identity: IdentityPort;
  readonly transport: NodeTransport;
  /** For exports: Argon2id, 32 bytes out. Slow on purpose. */
  readonly deriveKey: DeriveKey;
  /** What own devices call this one, until its person says otherwise. */
  readonly deviceName?: string;
  /** Without it files are shown and neither sent nor fetched. */
  readonly files?: FileDeps;
  /** Blobs alone, where there are no files: what was said goes to a new device that way. */
  readonly blobs?: BlobDeps;
}

export type DeriveKey = (input: {
  readonly passphrase: string;
  readonly salt: Uint8Array;
  readonly memoryKib: number;
  readonly passes: number;
}) => Promise<Uint8Array>;

/** How to reach nodes. `webTransport` is the real one; a simulated world has its own. */
export interface NodeTransport {
  /**
   * One operation by one request.
   *
   * @throws {ApiError} the node's answer.
   * @throws {ConnectionError} when no answer came: the node may or may not have done it.
   */
  call<Name extends OperationName>(
    nodeUrl: string,
    name: Name,
    request: RequestOf<Name>,
    capability: Uint8Array | undefined,
  ): Promise<ResponseOf<Name>>;

  /** Opens a socket for calls and pushes. @throws {ConnectionError} */
  open(nodeUrl: string, handler: SocketHandler): Promise<NodeSocket>;
}

export interface NodeSocket {
  /** As NodeTransport.call. Once the socket is closed, every call rejects with ConnectionError. */
  call<Name extends OperationName>(
    name: Name,
    request: RequestOf<Name>,
    capability: Uint8Array | undefined,
  ): Promise<ResponseOf<Name>>;
  /** Closes without a last word. `closed` is not called for one's own close. */
  close(): void;
}

export interface SocketHandler {
  /** A push, in the order the node sent it. `params` is unchecked. */
  pushed(method: string, params: unknown): void;
  /** The socket is gone and stays so. Called once. */
  closed(): void;
}

/** No answer came. Whether the node acted is not known. */
export class ConnectionError extends Error {
  override readonly name = "ConnectionError";
  readonly code: ConnectionFailure;

  constructor(code: ConnectionFailure, options?: { readonly cause?: unknown }) {
    super(SENTENCES[code], options);
    this.code = code;
  }
}

export type ConnectionFailure =
  | "connection/unreachable"
  | "connection/timeout"
  | "connection/closed"
  | "connection/badAnswer"
  | "connection/notAllowed";

const SENTENCES: Record<ConnectionFailure, string> = {
  "connection/unreachable": "the node cannot be reached",
  "connection/timeout": "the node did not answer in time",
  "connection/closed": "the connection was closed",
  "connection/badAnswer": "the node's answer is not understood",
  "connection/notAllowed": "others may not lead this client to an address of this machine or of its network",
};
