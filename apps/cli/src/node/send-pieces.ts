import type { ServerResponse } from "node:http";
import { giveBack } from "@p2pcrypt/bytes";

/**
 * A body whose pieces are nobody else's. Reads one piece ahead of what the other side takes, and stops when it is gone.
 *
 * @throws what the body throws; {Error} when the connection broke.
 */
export async function sendPieces(response: ServerResponse, body: AsyncIterable<Uint8Array>): Promise<void> {
  let closed: () => void = () => undefined;
  const gone = new Promise<never>((_, reject) => {
    closed = () => reject(new Error("the other side is gone"));
  });
  gone.catch(() => undefined); // nobody waits for it between two pieces
  response.once("close", closed);
  let sending: Promise<void> = Promise.resolve();
  try {
    for await (const piece of body) {
      await Promise.race([sending, gone]);
      sending = sent(response, piece);
      sending.catch(() => undefined); // told with the next piece
    }
    await Promise.race([sending, gone]);
    response.end();
  } finally {
    response.off("close", closed);
  }
}

function sent(response: ServerResponse, piece: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    response.write(piece, (error) => {
      if (error) return reject(error);
      giveBack(piece);
      resolve();
    });
  });
}
