import { ClientError } from "../failure.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * A node's address: scheme, host and port. Plain http only to this machine.
 *
 * @throws {ClientError} nodeUrl/malformed, nodeUrl/insecure
 */
export function parseNodeUrl(text: string): string {
  const found = /^(https?):\/\/([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?\/?$/i.exec(text.trim());
  const [, scheme, host = "", port = ""] = found ?? [];
  if (scheme === undefined) throw new ClientError({ code: "nodeUrl/malformed" });
  const url = `${scheme}://${host}${port}`.toLowerCase();
  if (scheme.toLowerCase() === "http" && !LOOPBACK.test(host.toLowerCase())) throw new ClientError({ code: "nodeUrl/insecure" });
  return url;
}
