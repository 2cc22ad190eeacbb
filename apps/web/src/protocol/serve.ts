// The answering side of a port.
import { toFailure } from "./failure.ts";
import { isCallerMessage, type Operations, type ServerMessage } from "./messages.ts";
import type { Port } from "./port.ts";
import { WebError } from "./web-error.ts";

export type Handlers<Ops extends Operations> = {
  readonly [Op in keyof Ops]: (
    request: Ops[Op]["request"],
    signal: AbortSignal,
  ) => Ops[Op]["answer"] | Promise<Ops[Op]["answer"]>;
};

/** @returns how to give notice. What was given before an answer arrives before it. */
export function serve<Ops extends Operations, Notice = never>(
  port: Port,
  handlers: Handlers<Ops>,
): (notice: Notice, transfer?: readonly MessagePort[]) => void {
  const table = new Map<string, (request: never, signal: AbortSignal) => unknown>(Object.entries(handlers));
  const running = new Map<number, AbortController>();
  const post = (message: ServerMessage, transfer?: readonly MessagePort[]): void => port.post(message, transfer);
  const answer = async (id: number, op: string, request: unknown): Promise<void> => {
    const controller = new AbortController();
    running.set(id, controller);
    try {
      const handler = table.get(op);
      if (handler === undefined) throw new WebError({ code: "web/unknownOperation" });
      const value = await handler(request as never, controller.signal);
      if (!controller.signal.aborted) post({ kind: "answer", id, value });
    } catch (error) {
      if (!controller.signal.aborted) post({ kind: "failure", id, failure: toFailure(error) });
    } finally {
      running.delete(id);
    }
  };
  port.receive((data) => {
    if (!isCallerMessage(data)) return;
    if (data.kind === "cancel") running.get(data.id)?.abort();
    else void answer(data.id, data.op, data.request);
  });
  let notices = 0;
  return (notice, transfer) => {
    notices += 1;
    post({ kind: "notice", id: notices, notice }, transfer);
  };
}
