// Certificates from a real ACME authority (pebble, made for testing clients), over real sockets. Skipped by name where it is not
// installed: Debian has it as the package `pebble`.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort, killed, Place } from "./support/processes.ts";
import { FIRST_PAIR, SECOND_PAIR } from "./support/tls-pairs.ts";

const TOOLS = ["/usr/bin/pebble", "/usr/bin/pebble-challtestsrv", "/usr/bin/openssl"];
const isInstalled = TOOLS.every((tool) => existsSync(tool));

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.end());

/** Serial number and names of the certificate that is served at a port now. */
async function served(port: number): Promise<{ readonly serial: string; readonly names: string | undefined }> {
  const socket = connectTls({ port, host: "127.0.0.1", servername: "talk.example", rejectUnauthorized: false });
  socket.on("error", () => undefined);
  await once(socket, "secureConnect");
  const { serialNumber, subjectaltname } = socket.getPeerCertificate();
  socket.destroy();
  return { serial: serialNumber, names: subjectaltname };
}

describe("transport certificates", () => {
  it("are read again while the node runs, and connections made from then on get the new one", async () => {
    const files = { cert: join(place.folder, "cert.pem"), key: join(place.folder, "key.pem") };
    const write = ({ cert, key }: typeof FIRST_PAIR): void => {
      writeFileSync(files.cert, cert);
      writeFileSync(files.key, key);
    };
    write(FIRST_PAIR);
    const node = await place.node({ flags: ["--tls-cert", files.cert, "--tls-key", files.key] });
    const before = await served(node.port);
    expect(node.url).toBe(`https://127.0.0.1:${node.port}`);
    write(SECOND_PAIR);
    await expect.poll(async () => (await served(node.port)).serial, { timeout: 20_000 }).not.toBe(before.serial);
    expect(await killed(node.child, "SIGTERM")).toBe(0);
  });

  describe.skipIf(!isInstalled)(
    `from an ACME authority${isInstalled ? "" : " (skipped: pebble or openssl is not installed)"}`,
    () => {
      let authority: { readonly directoryUrl: string; readonly challengePort: number; readonly ca: string };

      /** Certificates of this many seconds, over names that all lead to this machine. */
      async function startAuthority(validitySeconds: number): Promise<void> {
        const folder = join(place.folder, "authority");
        mkdirSync(folder);
        const [port, management, dns, dnsManagement, challengePort, tlsPort] = await Promise.all(
          Array.from({ length: 6 }, () => freePort()),
        );
        const [certificate, privateKey] = [join(folder, "cert.pem"), join(folder, "key.pem")];
        execFileSync(
          "openssl",
          [
            ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost".split(" "),
            ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", privateKey, "-out", certificate],
          ],
          { stdio: "ignore" },
        );
        const config = {
          listenAddress: `127.0.0.1:${port}`,
          managementListenAddress: `127.0.0.1:${management}`,
          certificate,
          privateKey,
          httpPort: challengePort,
          tlsPort,
          certificateValidityPeriod: validitySeconds,
        };
        writeFileSync(join(folder, "config.json"), JSON.stringify({ pebble: config }));
        const names = ["-management", `127.0.0.1:${dnsManagement}`, "-dns01", `127.0.0.1:${dns}`, "-defaultIPv6", ""];
        await place.tool(
          "/usr/bin/pebble-challtestsrv",
          [...names, "-http01", "", "-https01", "", "-tlsalpn01", ""],
          dnsManagement ?? 0,
        );
        const flags = ["-config", join(folder, "config.json"), "-dnsserver", `127.0.0.1:${dns}`];
        await place.tool("/usr/bin/pebble", flags, port ?? 0, { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0" });
        authority = { directoryUrl: `https://127.0.0.1:${port}/dir`, challengePort: challengePort ?? 0, ca: certificate };
      }

      const flags = (): string[] => [
        ...["--acme", "talk.example", "--host", "127.0.0.1", "--acme-directory", authority.directoryUrl],
        ...["--acme-http-port", String(authority.challengePort)],
      ];
      /** The authority's own certificate is its own. */
      const env = (): NodeJS.ProcessEnv => ({ NODE_EXTRA_CA_CERTS: authority.ca });

      it("is got at the first start, kept for the next one, and people who come by plain http are sent on", async () => {
        await startAuthority(90 * 86_400);
        const node = await place.node({ flags: flags(), env: env() });
        const first = await served(node.port);
        expect(first.names).toBe("DNS:talk.example");
        const plain = await fetch(`http://127.0.0.1:${authority.challengePort}/`, { redirect: "manual" });
        expect([plain.status, plain.headers.get("location")]).toEqual([308, `https://talk.example:${node.port}/`]);
        expect((await fetch(`http://127.0.0.1:${authority.challengePort}/.well-known/acme-challenge/x`)).status).toBe(404);
        const folder = join(place.home("node"), "acme");
        expect(readdirSync(folder).sort()).toEqual(["account.json", "talk.example.pem"]);
        for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
        expect(await killed(node.child, "SIGTERM")).toBe(0);
        // The authority is not asked again: its address leads nowhere now.
        authority = { ...authority, directoryUrl: "https://127.0.0.1:1/dir" };
        const again = await place.node({ port: node.port, flags: flags(), env: env() });
        expect(await served(again.port)).toEqual(first);
      });

      it("is renewed before it ends, and served from then on without a restart", async () => {
        await startAuthority(12);
        const node = await place.node({ flags: flags(), env: env() });
        const first = await served(node.port);
        await expect.poll(async () => (await served(node.port)).serial, { timeout: 40_000 }).not.toBe(first.serial);
        expect(node.child.exitCode).toBeNull();
      });

      it("is missed in words and by exit code when the authority does not give one, and nothing listens", async () => {
        await startAuthority(90 * 86_400);
        const port = await freePort();
        const elsewhere = await freePort();
        const start = ["node", "start", "--port", String(port), "--operator-port", "0", "--data", place.home("node")];
        // Answered at another port than where the authority asks.
        const said = await place.run("operator", [...start, ...flags(), "--acme-http-port", String(elsewhere)], { env: env() });
        expect([said.exit, JSON.parse(said.err).error.code]).toEqual([1, "acme/refused"]);
        await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
        await expect(fetch(`http://127.0.0.1:${elsewhere}/`)).rejects.toThrow();
      });
    },
  );
});
