// One run of linking a device, from fixed randomness (spec/protocol/linking.md).
import { encodeHex } from "@p2pcrypt/bytes";
import {
  formatLinkingLink,
  formatTypedCode,
  type LinkingCode,
  linkingCommitment,
  linkingDigits,
  linkingInputs,
  linkingKeys,
  linkingPlace,
  linkingShare,
  newLinkCode,
  newTypedCode,
} from "@p2pcrypt/identity";
import { encodeLinkingMessage, encodeRefusal, encodeShare } from "../../packages/client/src/devices/linking-record.ts";
import { LinkingSeal } from "../../packages/client/src/devices/linking-seal.ts";
import { AT_MS, counting, type VectorFile } from "./vector-file.ts";

const NODE = counting(0xa0);
const RUN = counting(0x30, 16);

export function linkingVectors(): VectorFile {
  const [link, typed] = [newLinkCode(counting(0x10)), newTypedCode(counting(0x50, 10))];
  return {
    spec: "linking.md",
    link: {
      node_url: "https://node.example",
      expires_ms: AT_MS,
      ...link,
      text: formatLinkingLink({ nodeUrl: "https://node.example", expiresMs: AT_MS, ...link }),
      place: linkingPlace(link),
    },
    typed: { ...typed, text: formatTypedCode(typed), place: linkingPlace(typed) },
    run: run(typed),
  };
}

function run(code: LinkingCode): object {
  const inputs = linkingInputs(code, encodeHex(NODE), RUN);
  const [joiningScalar, offeringScalar] = [counting(1), counting(2)];
  const shares = { joining: linkingShare(inputs, joiningScalar), offering: linkingShare(inputs, offeringScalar) };
  const keys = linkingKeys(inputs, joiningScalar, "joining", shares);
  if (keys === undefined) throw new RangeError("the shares are good");
  const [joiningNonce, offeringNonce] = [counting(0x60), counting(0x80)];
  const commitment = linkingCommitment(joiningNonce, keys);
  const commit = { kind: "commit", commitment, deviceName: "Tablet" } as const;
  return {
    node: NODE,
    run: RUN,
    channel: inputs.channel,
    joining_scalar: joiningScalar,
    offering_scalar: offeringScalar,
    joining_share: shares.joining,
    offering_share: shares.offering,
    keys,
    joining_nonce: joiningNonce,
    offering_nonce: offeringNonce,
    commitment,
    digits: linkingDigits({ joiningNonce, offeringNonce, context: keys.context }),
    records: {
      joining_share: encodeShare("joining", RUN, shares.joining),
      offering_share: encodeShare("offering", RUN, shares.offering),
      refused: encodeRefusal(RUN, "used"),
      commit: new LinkingSeal(keys, "joining", RUN).seal(commit),
      commit_plaintext: encodeLinkingMessage(commit),
    },
  };
}
