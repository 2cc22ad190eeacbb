import { expect, it } from "vitest";
import { deviceNameOf } from "./device-name.ts";

it("names browser and system, as far as they say what they are", () => {
  expect(deviceNameOf("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36")).toBe(
    "Chrome, Linux",
  );
  expect(deviceNameOf("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0")).toBe("Firefox, Windows");
  expect(deviceNameOf("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1")).toBe(
    "Safari, iPhone",
  );
  expect(deviceNameOf("something else")).toBe("");
});
