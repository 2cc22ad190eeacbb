// Own devices, as applications call them.
import type { DeviceSnapshot, HistorySnapshot, LinkingOffer, LinkingRun, LinkingTerms } from "./device-snapshots.ts";

/** Own devices. Linking is a dialogue of two of them: the other side is `linkClient`. */
export interface Devices {
  list(): readonly DeviceSnapshot[];
  /** What this device is called in the lists of own devices. */
  rename(name: string): Promise<void>;
  /**
   * Shows a code for a new device, good once and for three minutes. An earlier one ends. Whoever has the code and is confirmed becomes
   * this identity: the caller asks for the passphrase first, where there is one. The new device is limited, unless it is to be a keeper:
   * then it is given the identity's key, which removing it does not take back.
   *
   * @param as `history`: how far back the new device is given what was said; nothing, if nothing is said here
   * @throws {ClientError} device/limited, device/tooMany, node/unreachable, node/refused, file/notPossible
   */
  startLinking(form: LinkingRun["form"], as?: Partial<Omit<LinkingTerms, "form">>): Promise<LinkingRun>;
  /** The linking going on, or the last one since start. */
  linking(): LinkingRun | undefined;
  /** The person says whether both devices show the same digits. @throws {ClientError} linking/noRun */
  confirmLinking(isEqual: boolean): Promise<void>;
  cancelLinking(): Promise<void>;
  /** What was said, on its way to a new device or to this one, and what arrived in the last days. */
  histories(): readonly HistorySnapshot[];
  /** The person knows this new device of theirs: it is no news here any more. @throws {ClientError} device/unknown */
  acknowledge(deviceId: string): Promise<void>;
  /**
   * Gives a limited device the identity's key. Never undone: the caller asks for the passphrase first, where there is one.
   *
   * @throws {ClientError} device/limited, device/unknown, device/alreadyKeeper
   */
  makeKeeper(deviceId: string): Promise<void>;
  /**
   * Removes another device from the identity and from every conversation. Never undone. Whoever has a keeper has the identity's key as
   * well: when one is lost, the identity has to be revoked.
   *
   * @throws {ClientError} device/limited, device/unknown
   */
  remove(deviceId: string): Promise<void>;
}

/** What a new device needs to find the one that takes it in. */
export interface Linking {
  /** A link, or a typed code. */
  readonly code: string;
  /** Of a typed code: the node where the other device is at home. A link says so itself. */
  readonly homeNodeUrl?: string;
  /** What it will be called in the lists of own devices. */
  readonly deviceName: string;
  /** The person compares: resolves to whether both devices show the same digits. */
  readonly compare: (offer: LinkingOffer) => Promise<boolean>;
}
