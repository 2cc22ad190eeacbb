import { EMPTY_HANDSHAKE_CHAIN } from "@p2pcrypt/api";

/** The handshake half of a cursor before the first record. */
export const EMPTY_CURSOR_CHAIN = { positions: 0, handshakeChain: EMPTY_HANDSHAKE_CHAIN } as const;
