// The devices of this identity: which there are, and the end of one that was lost.
import type { Command } from "commander";
import type { CommandContext } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { settleWithin, withClient } from "../open-client.ts";
import type { RunCommand } from "../run.ts";

const PUBLISH_WAIT_MS = 15_000;

export function addDeviceCommands(identity: Command, run: RunCommand): void {
  identity
    .command("devices")
    .description("the devices of this identity, as they are published")
    .action(() => run((context) => withClient(context, { isOnline: false }, async (client) => showDevices(context, client))));
  identity
    .command("remove-device <id>")
    .description("a device was lost: it is taken out of every conversation, for ever")
    .action((id: string) =>
      run((context) =>
        withClient(context, { isOnline: true }, async (client) => {
          const { deviceId } = client.account.snapshot();
          if (!/^[0-9a-f]{32}$/.test(id)) throw new CommandError(EXIT.usage, "device/malformed", "a device has 32 hex digits");
          if (id === deviceId)
            throw new CommandError(
              EXIT.refused,
              "device/own",
              "this is the device in use; end it with: p2pcrypt identity delete",
            );
          await client.account.revokeDevice(id);
          await settleWithin(client, PUBLISH_WAIT_MS);
          showDevices(context, client);
        }),
      ),
    );
}

function showDevices({ output }: CommandContext, client: Parameters<Parameters<typeof withClient>[2]>[0]): void {
  const { deviceId, devices } = client.account.snapshot();
  output.say(
    devices.map((id) => (id === deviceId ? `${id}  (this one)` : id)),
    { devices, own: deviceId },
  );
}
