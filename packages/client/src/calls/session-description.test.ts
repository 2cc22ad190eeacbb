import { describe, expect, it } from "vitest";
import { fingerprintOf, relayedCandidate, withoutAddresses } from "./session-description.ts";

const FINGERPRINT = new Array(32).fill("AB").join(":");
const good = ["v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", `a=fingerprint:sha-256 ${FINGERPRINT}`, ""].join("\r\n");

describe("a session description of somebody else", () => {
  it("names one certificate, however often", () => {
    expect(fingerprintOf(good)).toBe(FINGERPRINT);
    expect(fingerprintOf(`${good}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=fingerprint:sha-256 ${FINGERPRINT.toLowerCase()}\r\n`)).toBe(
      FINGERPRINT,
    );
  });

  it.each([
    ["a megabyte", good + "a=x\r\n".repeat(200_000)],
    ["ten thousand media sections", good + "m=audio 9 X 0\r\n".repeat(900)],
    ["nine media sections", good + "m=audio 9 X 0\r\n".repeat(8)],
    ["markup that is not ASCII", `${good}a=\u{1f4a3}<img src=x onerror=alert(1)>\r\n`],
    ["no certificate", good.replace("a=fingerprint", "a=x")],
    ["a second certificate", `${good}a=fingerprint:sha-256 ${FINGERPRINT.replace("AB", "CD")}\r\n`],
    ["a weaker hash beside it", `${good}a=fingerprint:sha-1 ${new Array(20).fill("AB").join(":")}\r\n`],
    ["a hash that is too short", good.replace(":AB:AB", "")],
  ])("K4: is refused with %s", (_what, sdp) => {
    expect(fingerprintOf(sdp)).toBe(undefined);
  });
});

describe("an own description to who learns no address", () => {
  it("K1: keeps relayed candidates alone, and nothing of where they were asked for from", () => {
    const sdp = [
      "v=0",
      "c=IN IP4 192.0.2.9",
      "m=audio 5000 UDP/TLS/RTP/SAVPF 111",
      "a=rtcp:5001 IN IP4 192.0.2.9",
      "a=candidate:1 1 udp 99 192.0.2.9 5000 typ host generation 0",
      "a=candidate:2 1 udp 98 198.51.100.1 6000 typ srflx raddr 192.0.2.9 rport 5000",
      "a=candidate:3 1 udp 97 203.0.113.1 7000 typ relay raddr 192.0.2.9 rport 5000 generation 0",
      "a=candidate:4 1 udp 96 192.0.2.9 8000 typ host typ relay",
      "",
    ].join("\r\n");
    const kept = withoutAddresses(sdp);
    expect(kept).not.toContain("192.0.2.9");
    expect(kept).not.toContain("198.51.100.1");
    expect(kept.match(/^a=candidate/gm)).toHaveLength(1);
    expect(kept).toContain("a=candidate:3 1 udp 97 203.0.113.1 7000 typ relay raddr 0.0.0.0 rport 0 generation 0");
  });

  it("K1: tells a relayed candidate from others that only say so", () => {
    expect(relayedCandidate("candidate:1 1 udp 9 192.0.2.9 5000 typ host")).toBe(undefined);
    expect(relayedCandidate("candidate:1 1 udp 9 192.0.2.9 5000 typ prflx raddr 1.1.1.1 rport 1")).toBe(undefined);
    expect(relayedCandidate("candidate:1 1 udp 9 203.0.113.1 5000 typ relay")).toBe(
      "candidate:1 1 udp 9 203.0.113.1 5000 typ relay",
    );
  });
});
