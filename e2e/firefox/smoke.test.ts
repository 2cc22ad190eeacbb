// A smoke run in Firefox, where it is installed: the first minute and a word each way. Firefox is driven by hand (bidi.ts).
import { join } from "node:path";
import { expect, it } from "vitest";
import { Peer } from "../rig/peer.ts";
import { RecordingProxy } from "../rig/recording-proxy.ts";
import { Stage } from "../rig/stage.ts";
import { wordsOf } from "../rig/words.ts";
import { Firefox, findFirefox } from "./bidi.ts";
import { startAsAna } from "./first-minute.ts";

const program = findFirefox();

it.skipIf(program === undefined)(
  `Firefox: Start, a link, a request, and a word each way${program === undefined ? " (Firefox is not installed)" : ""}`,
  async () => {
    const { t } = wordsOf("en");
    const stage = await Stage.open();
    const proxy = await RecordingProxy.open();
    const firefox = await Firefox.start(program ?? "", join(stage.folder, "firefox"), proxy.url);
    try {
      const link = await startAsAna(firefox, stage.node.url, t);
      const ben = await Peer.create("Ben", stage.node.url);
      await ben.client.contacts.add(link, "Hi from elsewhere");
      await firefox.evaluate("(location.hash = '#/requests')");
      await firefox.expectToRead("Hi from elsewhere");
      await firefox.press("button", t("requests.accept"));
      await ben.until(() => ben.conversation?.state === "active");
      await ben.say("Do you read me?");
      await firefox.expectToRead("Do you read me?");
      await firefox.press("textbox", t("chat.message"));
      await firefox.type("Loud and clear\uE007");
      await ben.heardTexts("Loud and clear");
      await ben.close();
      expect(firefox.errors).toEqual([]);
      // What Firefox asks of its maker is its own affair; what a page calls is proved in Chromium (W3).
      expect(proxy.hosts().filter((host) => host !== stage.node.host && !/\.mozilla\.(com|org|net):443$/.test(host))).toEqual([]);
    } finally {
      await firefox.close();
      await proxy.close();
      await stage.close();
    }
  },
  120_000,
);
