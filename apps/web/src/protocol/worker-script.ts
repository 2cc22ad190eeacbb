// Under Trusted Types a worker's address has to come from a policy. This is the page's only one (W2): it passes addresses of this
// origin, and nothing else.

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
  policy ??= createPolicy(origin);
  return policy.createScriptURL(url);
}

function createPolicy(origin: string): ScriptPolicy {
  const rules: ScriptPolicy = {
    createScriptURL: (url) => {
      if (new URL(url, origin).origin !== origin) throw new TypeError("a script of another origin");
      return url;
    },
  };
  const factory: unknown = Reflect.get(globalThis, "trustedTypes");
  return isFactory(factory) ? factory.createPolicy(SCRIPT_POLICY, rules) : rules;
}

function isFactory(value: unknown): value is PolicyFactory {
  return typeof value === "object" && value !== null && "createPolicy" in value && typeof value.createPolicy === "function";
}
