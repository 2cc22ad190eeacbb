// What a node serves at its own address, in a browser.
import { expect, it } from "vitest";
import { findBarriers, takePicture } from "./rig/look.ts";
import { useStage } from "./rig/stage.ts";

const stage = useStage();

it("a node shows a page to a browser that comes by, and nobody is kept out by it", async () => {
  const ana = await stage().person("Ana");
  await ana.goTo("/");
  await ana.page.getByRole("heading").first().waitFor();
  expect(await findBarriers(ana.page)).toEqual([]);
  await takePicture(ana.page, "node-page");
});
