// Own devices in a terminal: linking a new one, from either side, the list, and the end of one.
import { hostname } from "node:os";
import { type Client, type ClientEvent, type DeviceSnapshot, type LinkingTerms, linkClient } from "@p2pcrypt/client";
import { type Command, Option } from "commander";
import type { CommandContext } from "../context.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { historiesEnd, historyLine, isArrived, isSent } from "../history-progress.ts";
import { createHome } from "../home.ts";
import { linkedIn, offerLinking, sayDigits } from "../linking-dialogue.ts";
import { depsFor, settleWithin, withClient } from "../open-client.ts";
import { askSecretText } from "../passphrase.ts";
import { printable } from "../printable.ts";
import { askYes } from "../question.ts";
import type { RunCommand } from "../run.ts";
import { showSelf } from "../self.ts";

const PUBLISH_WAIT_MS = 15_000;
const TAKEN_IN_WAIT_MS = 60_000;

interface LinkFlags {
  readonly typed?: boolean;
  readonly keeper?: boolean;
  readonly history: LinkingTerms["history"];
}

interface JoinFlags {
  readonly codeFile?: string;
  readonly node?: string;
  readonly name?: string;
}

export function addOwnDeviceCommands(program: Command, run: RunCommand): void {
  const device = program.command("device").description("the devices of this identity");
  device
    .command("link")
    .description("show a code with which a new device becomes this identity too; good once, for three minutes")
    .option("--typed", "a short code to type instead of a link to scan")
    .option("--keeper", "give it the identity's key as well; without that it is limited, and removing it takes everything back")
    .addOption(
      new Option("--history <how far>", "what was said before: nothing, of 30 days, or all of it")
        .choices(["none", "month", "all"])
        .default("month"),
    )
    .action(({ typed, keeper, history }: LinkFlags) =>
      run((context) => link(context, { form: typed === true ? "typed" : "link", isKeeper: keeper === true, history })),
    );
  device
    .command("join")
    .description("this home becomes a new device of the identity that shows a code")
    .option("--code-file <file>", "the link or the typed code; - for standard input")
    .option("--node <url>", "your node's address; a link says it itself")
    .option("--name <name>", "what this device is called in your own lists", hostname())
    .action((flags: JoinFlags) => run((context) => join(context, flags)));
  device
    .command("history")
    .description("how far what was said before is on its way to a new device, or to this one; goes on with it meanwhile")
    .action(() =>
      run((context) =>
        withClient(context, { isOnline: true }, async (client) => {
          await settleWithin(client, PUBLISH_WAIT_MS);
          await historiesEnd(client, context.output, isArrived);
          const histories = client.devices.histories();
          context.output.say(histories.length === 0 ? "Nothing is on its way." : histories.map(historyLine), { histories });
        }),
      ),
    );
  device
    .command("list")
    .description("your devices")
    .action(() =>
      run((context) =>
        withClient(context, { isOnline: true }, async (client) => {
          await settleWithin(client, PUBLISH_WAIT_MS);
          showDevices(context, client);
        }),
      ),
    );
  device
    .command("rename <name>")
    .description("what this device is called in your own lists")
    .action((name: string) =>
      run((context) =>
        withClient(context, { isOnline: true }, async (client) => {
          await client.devices.rename(name);
          await settleWithin(client, PUBLISH_WAIT_MS);
          showDevices(context, client);
        }),
      ),
    );
  device
    .command("known <id>")
    .description("it was you: a new device is told here no more")
    .action((id: string) =>
      run((context) =>
        withClient(context, { isOnline: false }, async (client) => {
          await client.devices.acknowledge(id);
          showDevices(context, client);
        }),
      ),
    );
  device
    .command("keeper <device>")
    .description("give a limited device, by its id or name, the identity's key; it is never taken back")
    .action((which: string) => run((context) => makeKeeper(context, which)));
  device
    .command("remove <id>")
    .description("take a device out of this identity and out of every conversation, for ever")
    .action((id: string) => run((context) => remove(context, id)));
}

async function link(context: CommandContext, as: LinkingTerms): Promise<void> {
  await withClient(context, { isOnline: true, asksAgain: true }, async (client) => {
    await settleWithin(client, PUBLISH_WAIT_MS);
    const linked = await offerLinking(client, context.output, as);
    const { deviceId = "", deviceName = "" } = linked;
    context.output.note(`Linked. Taking ${printable(deviceName)} into your conversations …`);
    const { taken, all } = await linkedIn(client, deviceId, TAKEN_IN_WAIT_MS);
    const said =
      taken === all
        ? `${printable(deviceName)} is one of your devices now, and in ${all} of ${all} conversations.`
        : `${printable(deviceName)} is one of your devices now. It is in ${taken} of ${all} conversations; the others follow when both devices are online.`;
    await historiesEnd(client, context.output, isSent);
    const given = client.devices.histories().find((one) => one.deviceId === deviceId);
    context.output.say(given === undefined ? [said] : [said, historyLine(given)], {
      device: deviceId,
      name: deviceName,
      isKeeper: as.isKeeper,
      conversations: all,
      takenInto: taken,
      history: given,
    });
  });
}

async function join(context: CommandContext, { codeFile, node, name = hostname() }: JoinFlags): Promise<void> {
  const code = (await askSecretText("The link, or the code of ten characters; an empty line ends:", codeFile)).trim();
  const home = await createHome(context);
  try {
    const linking = linkClient(depsFor(home), {
      code,
      ...(node === undefined ? {} : { homeNodeUrl: node }),
      deviceName: name,
      compare: async (offer) => {
        sayDigits(context.output, offer.digits, { name: offer.name, device: offer.deviceName });
        return askYes(`Does the other device of ${printable(offer.name)} show the same six digits? (yes/no) `);
      },
    });
    context.output.note("Looking for your other device …");
    const client = await linking.client.catch(async (error: unknown) => {
      await home.vault.erase();
      throw error;
    });
    client.start();
    await taken(client);
    await historiesEnd(client, context.output, isArrived);
    showSelf(context, client.account.snapshot());
    await client.close();
  } finally {
    await home.vault.close();
  }
}

/** Until it is in every conversation that it was told of, at most a minute. */
async function taken(client: Client): Promise<void> {
  const isDone = (): boolean => client.conversations.list().every(({ state }) => state !== "opening");
  await settleWithin(client, PUBLISH_WAIT_MS);
  if (isDone()) return;
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const unsubscribe = client.subscribe((event: ClientEvent) => {
      if (event.kind === "conversation" && isDone()) finish();
    });
    const timer = setTimeout(finish, TAKEN_IN_WAIT_MS);
  });
}

async function remove(context: CommandContext, id: string): Promise<void> {
  await withClient(context, { isOnline: true }, async (client) => {
    await settleWithin(client, PUBLISH_WAIT_MS);
    const { deviceId } = client.account.snapshot();
    if (id === deviceId)
      throw new CommandError(EXIT.refused, "device/own", "this is the device in use; end it with: p2pcrypt identity delete");
    const wasKeeper = client.devices.list().find((device) => device.deviceId === id)?.isKeeper === true;
    await client.devices.remove(id);
    await settleWithin(client, PUBLISH_WAIT_MS);
    showDevices(context, client);
    if (wasKeeper) context.output.note(KEEPER_GONE);
  });
}

const KEEPER_GONE =
  "That device was a keeper: whoever has it has the identity's key. If it was lost or stolen, end this identity and begin another: p2pcrypt identity delete, or p2pcrypt identity revoke FILE.";

async function makeKeeper(context: CommandContext, which: string): Promise<void> {
  await withClient(context, { isOnline: true, asksAgain: true }, async (client) => {
    await settleWithin(client, PUBLISH_WAIT_MS);
    const found = client.devices.list().filter(({ deviceId, name, isThis }) => !isThis && (deviceId === which || name === which));
    if (found.length > 1)
      throw new CommandError(EXIT.usage, "device/ambiguous", "several devices have that name: give the id instead");
    await client.devices.makeKeeper(found[0]?.deviceId ?? which);
    await settleWithin(client, PUBLISH_WAIT_MS);
    showDevices(context, client);
  });
}

function showDevices({ output }: CommandContext, client: Client): void {
  const devices = client.devices.list();
  output.say(devices.map(lineOf), { devices });
}

function lineOf({ deviceId, isThis, isKeeper, name, lastSeenMs, isNew }: DeviceSnapshot): string {
  const seen = lastSeenMs === undefined ? "" : `, last seen ${new Date(lastSeenMs).toLocaleString()}`;
  const kind = isKeeper ? "keeper" : "limited";
  return `${deviceId}  ${name === undefined ? "no name" : printable(name)}, ${kind}${isThis ? ", this one" : seen}${isNew ? ", new" : ""}`;
}
