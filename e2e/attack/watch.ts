// What a hostile text might have done in a page, looked for in every way there is: a script that ran, a dialog, an element that
// no view makes, a link that leads elsewhere than to a page.
import type { Page } from "playwright-core";

declare global {
  interface Window {
    pwned?: string[];
    pwn?: (what: unknown) => void;
  }
}

/** Before the page loads. */
export async function listenForAttacks(page: Page): Promise<void> {
  page.on("dialog", (dialog) => void dialog.dismiss().then(() => page.evaluate(() => window.pwn?.("dialog"))));
  await page.addInitScript(() => {
    window.pwned = [];
    window.pwn = (what) => window.pwned?.push(String(what));
  });
}

/** @returns what ran and what should not be in the document now. Empty when all is well. */
export function findBreaches(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found = [...(window.pwned ?? [])].map((what) => `ran: ${what}`);
    for (const element of document.querySelectorAll("*")) {
      const { localName } = element;
      const isForbidden = /^(iframe|object|embed|base|frame|marquee|audio|math|foreignobject|animate|use|template|style)$/i.test(
        localName,
      );
      const isOwnStyle = localName === "style" && element.parentElement === document.head;
      if (isForbidden && !isOwnStyle) found.push(`element: ${localName}`);
      if (localName === "meta" && element.hasAttribute("http-equiv")) found.push("meta refresh");
      if (localName === "script" && element.getAttribute("src")?.startsWith("/assets/") !== true) found.push("a script");
      for (const { name } of element.attributes) if (name.startsWith("on")) found.push(`attribute: ${name} of ${localName}`);
      if (element instanceof HTMLAnchorElement && !/^(https?:|web\+ptopcrypt:http)/.test(element.href))
        found.push(`leads to ${element.href}`);
    }
    return found;
  });
}
