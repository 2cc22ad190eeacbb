// p2pcrypt node doctor: what people need from a node, looked at from where they are.
import { connect as connectTls } from "node:tls";
import { limits, type ResponseOf } from "@p2pcrypt/api";
import { WebSocket } from "ws";
import { isLoopbackUrl } from "../node/web-headers.ts";
import { VERSION } from "../version.ts";
import { bad, type Finding, good, skipped } from "./findings.ts";
import { lookAtRelay } from "./look-at-relay.ts";
import { callNode, createTemporaryStream, refusalOf, type TemporaryStream } from "./node-calls.ts";
import { failureOf, isRefused } from "./relay-test.ts";

const DAY_MS = 86_400_000;
const CONNECT_TIMEOUT_MS = 5_000;
const SOON_DAYS = 7;

/** `url`: scheme, host and port. Never throws for what a node does or does not do. */
export async function lookAtNode(url: string): Promise<readonly Finding[]> {
  const startedMs = performance.now();
  let node: ResponseOf<"node.describe">;
  try {
    node = await callNode(url, "node.describe", {});
  } catch (cause) {
    const { port, protocol } = new URL(url);
    const place = port === "" ? (protocol === "https:" ? "443" : "80") : port;
    const why = cause instanceof Error ? cause.cause : undefined;
    const reason = why !== undefined ? failureOf(why) : "no node answers there";
    const advice = isRefused(why)
      ? `start the node, or say where it is (p2pcrypt node doctor URL): nothing is at TCP port ${place} (--port, --host)`
      : `open TCP port ${place} (--port), and let the node listen to others (--host 0.0.0.0), or look at the proxy before it`;
    return [bad("http", reason, advice), ...(url.startsWith("https:") ? [await certificate(url)] : [])];
  }
  const tookMs = performance.now() - startedMs;
  const [first, ...rest] = [await certificate(url), await webSocket(url), clock(node, tookMs), version(node)];
  const { finding, stream } = await storage(url, node.node);
  const relay = await lookAtRelay(url, node.services, stream);
  await stream?.remove().catch(() => undefined);
  return [good("http", `answers in ${Math.round(tookMs)} ms`), first, ...rest, finding, ...relay];
}

async function certificate(url: string): Promise<Finding> {
  const { protocol, hostname, port } = new URL(url);
  if (protocol === "http:") {
    return isLoopbackUrl(url)
      ? skipped("certificate", "none is needed on this machine")
      : bad(
          "certificate",
          "this address has none: browsers give no keys, microphone or camera to it",
          "use --acme HOST, or --tls-cert and --tls-key",
        );
  }
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connectTls({
      host,
      port: Number(port || 443),
      servername: host,
      timeout: CONNECT_TIMEOUT_MS,
      rejectUnauthorized: false,
    });
    const done = (finding: Finding): void => {
      socket.destroy();
      resolve(finding);
    };
    socket.once("secureConnect", () => {
      const days = Math.floor((Date.parse(socket.getPeerCertificate().valid_to) - Date.now()) / DAY_MS);
      const advice = "look at --tls-cert and --tls-key, or at the log of --acme";
      if (!socket.authorized) done(bad("certificate", `is not good for this name: ${String(socket.authorizationError)}`, advice));
      else if (days < SOON_DAYS) done(bad("certificate", `ends in ${days} days`, advice));
      else done(good("certificate", `good for ${days} days`));
    });
    socket.once("timeout", () => done(skipped("certificate", "no answer")));
    socket.once("error", () => done(skipped("certificate", "cannot be looked at")));
  });
}

async function webSocket(url: string): Promise<Finding> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/v1/socket`, {
    handshakeTimeout: CONNECT_TIMEOUT_MS,
    perMessageDeflate: false,
  });
  const isAnswered = await new Promise<boolean>((resolve) => {
    socket.once("open", () => socket.send(JSON.stringify({ jsonrpc: "2.0", id: "1", method: "node.describe", params: {} })));
    socket.once("message", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("close", () => resolve(false));
  });
  socket.terminate();
  return isAnswered
    ? good("websocket", "answers")
    : bad("websocket", "does not open at /v1/socket", "the proxy before the node has to pass upgrades on (packaging/nginx.conf)");
}

function clock({ timeMs }: ResponseOf<"node.describe">, tookMs: number): Finding {
  const offMs = Math.abs(Date.now() - tookMs / 2 - timeMs);
  const text = `${(offMs / 1000).toFixed(1)} s apart from this machine's`;
  return offMs > limits.REQUEST_WINDOW_MS / 5
    ? bad("clock", text, "set both clocks (NTP): signed requests are refused when they are five minutes apart")
    : good("clock", text);
}

function version({ software, version: theirs }: ResponseOf<"node.describe">): Finding {
  const text = `${software.slice(0, 20)} ${theirs.slice(0, 20)}`;
  if (software !== "p2pcrypt") return skipped("version", `${text}: other software than this`);
  return theirs === VERSION
    ? good("version", theirs)
    : bad("version", `${theirs}, and this command is ${VERSION}`, "bring both to the same version");
}

async function storage(url: string, node: string): Promise<{ readonly finding: Finding; readonly stream?: TemporaryStream }> {
  try {
    return { finding: good("storage", "takes what is written"), stream: await createTemporaryStream(url, node) };
  } catch (cause) {
    const code = refusalOf(cause) ?? "no answer";
    const advice =
      code === "storageFull"
        ? "free space under the node's data folder (--data)"
        : code === "quota"
          ? "raise --total-quota-gb, or delete what is old"
          : code === "rateLimited"
            ? "wait a minute and look again"
            : "look at the node's log";
    return { finding: bad("storage", `nothing can be stored: ${code}`, advice) };
  }
}
