import type { SelfSnapshot } from "@p2pcrypt/client";
import type { CommandContext } from "./context.ts";
import { printable } from "./printable.ts";

/** Who this home is. */
export function showSelf({ output }: CommandContext, self: SelfSnapshot): void {
  const { name, identityId, fingerprint, deviceId, homeNodeUrl, link, isPublished, isFindable, settings, limited } = self;
  output.say(
    [
      `Name:         ${printable(name)}`,
      `Identity:     ${identityId}`,
      `Fingerprint:  ${fingerprint} (for gpg)`,
      `Device:       ${deviceId}${limited === undefined ? "" : `, limited; certified until ${new Date(limited.certifiedUntilMs).toLocaleDateString()}`}`,
      `Node:         ${homeNodeUrl}${isPublished ? "" : " (does not know you yet)"}`,
      `Others hear:  receipts ${onOff(settings.sendsReceipts)}, typing ${onOff(settings.sendsTyping)}, presence ${onOff(settings.sendsPresence)}`,
      `Address:      ${settings.alwaysHidesAddress === true ? "hidden from everybody" : "hidden from all but those whom you verified"}`,
      `Found by:     your link and fingerprint${isFindable ? ", and your name" : ""}`,
      `Link:         ${link}`,
    ],
    {
      name,
      identity: identityId,
      fingerprint,
      device: deviceId,
      node: homeNodeUrl,
      link,
      isPublished,
      isFindable,
      settings,
      ...(limited && { limited }),
    },
  );
}

function onOff(isOn: boolean): string {
  return isOn ? "on" : "off";
}
