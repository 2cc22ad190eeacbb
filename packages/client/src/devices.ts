// Own devices: which there are, linking a new one, and the end of one.
import { limits } from "@p2pcrypt/api";
import { encodeHex } from "@p2pcrypt/bytes";
import { change } from "./account/publish.ts";
import { assertGoesOn } from "./conversation/open.ts";
import type { Core } from "./core.ts";
import type { DeviceSnapshot, HistorySnapshot, LinkingRun, LinkingTerms } from "./device-snapshots.ts";
import type { Devices } from "./device-surface.ts";
import { shortName } from "./devices/device-name.ts";
import { assertKeeper } from "./devices/keepers.ts";
import type { LinkingOffer } from "./devices/linking-offer.ts";
import { deviceSnapshots } from "./devices/list.ts";
import { removeDevice } from "./devices/remove.ts";
import { ClientError } from "./failure.ts";
import { historySnapshots } from "./history/list.ts";

export class ClientDevices implements Devices {
  readonly #core: Core;
  #offer: LinkingOffer | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  list(): readonly DeviceSnapshot[] {
    return deviceSnapshots(this.#core);
  }

  async rename(name: string): Promise<void> {
    await change(this.#core, { deviceName: shortName(name) });
  }

  async startLinking(
    form: LinkingRun["form"],
    { isKeeper = false, history = "none" }: Partial<Omit<LinkingTerms, "form">> = {},
  ): Promise<LinkingRun> {
    const core = this.#core;
    assertGoesOn(core);
    assertKeeper(core);
    if (history !== "none" && core.blobs === undefined) throw new ClientError({ code: "file/notPossible" });
    if (core.account.devices.length >= limits.MAX_DEVICES)
      throw new ClientError({ code: "device/tooMany", most: limits.MAX_DEVICES });
    if (this.#offer?.isOver === false) this.#offer.cancel();
    // Few sessions need it, and a browser loads it then.
    const linking = await import("./devices/linking-offer.ts");
    const terms = { form, isKeeper, history };
    this.#offer = await linking.LinkingOffer.begin(core, terms, (run) => core.emit({ kind: "linking", run }));
    core.emit({ kind: "linking", run: this.#offer.snapshot });
    return this.#offer.snapshot;
  }

  linking(): LinkingRun | undefined {
    return this.#offer?.snapshot;
  }

  async confirmLinking(isEqual: boolean): Promise<void> {
    if (this.#offer === undefined) throw new ClientError({ code: "linking/noRun" });
    await this.#offer.confirm(isEqual);
  }

  async cancelLinking(): Promise<void> {
    this.#offer?.cancel();
  }

  async acknowledge(deviceId: string): Promise<void> {
    const { ledger, tables } = this.#core;
    await ledger.transact(async (tx) => {
      const row = tx.get(tables.devices, deviceId);
      if (row === undefined) throw new ClientError({ code: "device/unknown" });
      tx.put(tables.devices, deviceId, { ...row, wasThere: true });
    });
  }

  async makeKeeper(deviceId: string): Promise<void> {
    const core = this.#core;
    assertGoesOn(core);
    // Few sessions need it, and a browser loads it then.
    await (await import("./devices/renewal.ts")).makeKeeper(core, deviceId);
  }

  histories(): readonly HistorySnapshot[] {
    return historySnapshots(this.#core);
  }

  async remove(deviceId: string): Promise<void> {
    const isKnown = this.#core.account.devices.some((id) => encodeHex(id) === deviceId);
    if (!isKnown) throw new ClientError({ code: "device/unknown" });
    await removeDevice(this.#core, deviceId);
  }
}
