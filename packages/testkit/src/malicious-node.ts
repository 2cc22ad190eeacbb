// A node that is our own, with its last words in other hands: what it answers and pushes can be changed, withheld or repeated on the
// way out. Between the steps that are overridden it keeps to every rule.
import {
  ApiError,
  answerFrame,
  errorFrame,
  isOperationName,
  type OperationName,
  type PushName,
  pushes,
  pushFrame,
  requestFrame,
  resultFrame,
  routeOf,
} from "@p2pcrypt/api";
import type { Node, NodeRequest, NodeResponse, SocketPeer } from "@p2pcrypt/server";
import type { AttachedNode } from "./in-process-network.ts";

/** What is overridden. All values as they travel, in JSON. */
export interface NodeSteps {
  /** Said in the place of an answer; an ApiError in the place of a success. */
  answer(name: OperationName, answer: unknown, address: string): unknown;
  /** Pushed in the place of one push. */
  push(name: PushName, params: unknown, address: string): readonly unknown[];
}

export class MaliciousNode implements AttachedNode {
  /** Undefined: honest. */
  steps: NodeSteps | undefined;
  readonly #node: Pick<Node, "handle" | "socket">;

  constructor(node: Pick<Node, "handle" | "socket">) {
    this.#node = node;
  }

  async handle(request: NodeRequest): Promise<NodeResponse> {
    const response = await this.#node.handle(request);
    const route = routeOf(request.method, request.target.split("?")[0] ?? "");
    if (this.steps === undefined || response.status !== 200 || route.kind !== "operation") return response;
    const said = this.steps.answer(route.name, JSON.parse(response.body), request.address);
    if (said instanceof ApiError) return { ...response, status: said.status, body: JSON.stringify(said.toWire()) };
    return { ...response, body: JSON.stringify(said) };
  }

  socket(peer: SocketPeer): ReturnType<Node["socket"]> {
    const asked = new Map<string, string>();
    const socket = this.#node.socket({ ...peer, send: (text) => this.#say(peer, asked, text) });
    return {
      received: (text) => {
        const frame = requestFrame.safeParse(JSON.parse(text));
        if (frame.success) asked.set(frame.data.id, frame.data.method);
        return socket.received(text);
      },
      closed: () => socket.closed(),
    };
  }

  #say(peer: SocketPeer, asked: Map<string, string>, text: string): void {
    if (this.steps === undefined) {
      peer.send(text);
      return;
    }
    const frame: unknown = JSON.parse(text);
    if (typeof frame === "object" && frame !== null && "method" in frame && "params" in frame && isPush(frame.method)) {
      const { method, params } = frame;
      for (const said of this.steps.push(method, params, peer.address)) peer.send(pushFrame(method, said));
      return;
    }
    const answer = answerFrame.safeParse(frame);
    const name = asked.get((answer.success ? answer.data.id : null) ?? "") ?? "";
    if (!answer.success || !("result" in answer.data) || !isOperationName(name)) {
      peer.send(text);
      return;
    }
    const { id, result } = answer.data;
    const said = this.steps.answer(name, result, peer.address);
    peer.send(said instanceof ApiError ? errorFrame(id, said) : resultFrame(id, said));
  }
}

function isPush(method: unknown): method is PushName {
  return typeof method === "string" && Object.hasOwn(pushes, method);
}
