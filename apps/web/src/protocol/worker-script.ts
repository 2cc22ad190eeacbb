// Under Trusted Types a worker's address has to come from a policy. This is the page's only one (W2): it passes addresses of this
// origin, and nothing else. The frame without an origin has one of the same name, for the one script that it is given.

interface ScriptPolicy {
  createScriptURL(url: string): string;
}

interface PolicyFactory {
  createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy;
}

export const SCRIPT_POLICY = "p2pcrypt-worker";

let policy: ScriptPolicy | undefined;

/** @throws {TypeError} for an address of another origin. */
export function scriptUrl(url: string, origin: string): string {
  policy ??= createPolicy((asked) => new URL(asked, origin).origin === origin);
  return policy.createScriptURL(url);
}

/** Only the frame's policy allows such a worker; the page's forbids it. */
export function blobScriptUrl(script: Blob): string {
  const made = URL.createObjectURL(script);
  return createPolicy((asked) => asked === made).createScriptURL(made);
}

function createPolicy(isAllowed: (url: string) => boolean): ScriptPolicy {
  const rules: ScriptPolicy = {
    createScriptURL: (url) => {
      if (!isAllowed(url)) throw new TypeError("a script of another origin");
      return url;
    },
  };
  const factory: unknown = Reflect.get(globalThis, "trustedTypes");
  return isFactory(factory) ? factory.createPolicy(SCRIPT_POLICY, rules) : rules;
}

function isFactory(value: unknown): value is PolicyFactory {
  return typeof value === "object" && value !== null && "createPolicy" in value && typeof value.createPolicy === "function";
}
