// What a browser says when a page does something it should not: errors nobody caught, errors on the console, and reports of the content
// security policy, from pages and their workers alike. A test fails on them unless it said before that it expects them.
import type { BrowserContext } from "playwright-core";

declare global {
  interface Window {
    reportPolicyViolation?: (text: string) => void;
  }
}

export interface Complaint {
  readonly kind: "error" | "console" | "policy";
  readonly text: string;
}

export class Complaints {
  readonly #all: Complaint[] = [];
  readonly #expected: RegExp[] = [];

  /** Listens to every page that the profile has or opens. */
  async listenTo(context: BrowserContext): Promise<void> {
    context.on("weberror", (error) => this.#add({ kind: "error", text: String(error.error().stack ?? error.error()) }));
    context.on("console", (message) => {
      const text = message.text();
      if (POLICY.test(text)) this.#add({ kind: "policy", text });
      else if (message.type() === "error") this.#add({ kind: "console", text });
    });
    await context.exposeBinding("reportPolicyViolation", (_source, text: string) => this.#add({ kind: "policy", text }));
    await context.addInitScript(() => {
      document.addEventListener(
        "securitypolicyviolation",
        ({ violatedDirective, blockedURI, sample, sourceFile, lineNumber }) => {
          window.reportPolicyViolation?.(`${violatedDirective} ${blockedURI} "${sample}" ${sourceFile}:${lineNumber}`);
        },
      );
    });
  }

  /** From now on, and for what was heard already. */
  expect(pattern: RegExp): void {
    this.#expected.push(pattern);
  }

  unexpected(): Complaint[] {
    return this.#all.filter(({ text }) => !this.#expected.some((pattern) => pattern.test(text)));
  }

  /** @returns what nobody expected, and forgets it. */
  take(): Complaint[] {
    const found = this.unexpected();
    this.#all.length = 0;
    return found;
  }

  #add(complaint: Complaint): void {
    this.#all.push(complaint);
  }
}

const POLICY = /Content Security Policy|Permissions policy|This document requires 'Trusted/i;
