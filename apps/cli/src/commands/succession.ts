// Going on under another identity: the new one offers, the old one tells its contacts.
import type { Command } from "commander";
import { settleWithin, withClient } from "../open-client.ts";
import { printable } from "../printable.ts";
import type { RunCommand } from "../run.ts";

const SEND_WAIT_MS = 15_000;

export function addSuccessionCommands(identity: Command, run: RunCommand): void {
  identity
    .command("succeed <old-link>")
    .description("this identity goes on for an older one of yours: prints what to give there")
    .action((oldLink: string) =>
      run((context) =>
        withClient(context, { isOnline: false }, async (client) => {
          const offer = await client.account.offerSuccession(oldLink);
          context.output.say([offer, "", "At the old identity: p2pcrypt identity announce 'THIS TEXT'"], { offer });
        }),
      ),
    );
  identity
    .command("announce <offer>")
    .description("you go on under the identity that gave this text: contacts are told, and decide; nobody is verified by it")
    .action((offer: string) =>
      run((context) =>
        withClient(context, { isOnline: true }, async (client) => {
          const successor = await client.account.announceSuccession(offer);
          await settleWithin(client, SEND_WAIT_MS);
          context.output.say(`Your contacts are told that you go on as ${printable(successor.name)}.`, { successor });
        }),
      ),
    );
}
