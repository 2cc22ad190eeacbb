// The real identity port, with everything that the identity's key signs noted.
import { type IdentityPort, type OpenSecret, openPgpIdentity } from "@p2pcrypt/client";

export interface Signed {
  readonly devices: { readonly deviceId: Uint8Array; readonly signatureKey: Uint8Array; readonly certificate: Uint8Array }[];
  readonly profiles: Parameters<OpenSecret["signProfile"]>[0][];
  /** Everything else, by the name of the act. */
  readonly others: string[];
}

export function watchedIdentity(): { readonly identity: IdentityPort; readonly signed: Signed } {
  const signed: Signed = { devices: [], profiles: [], others: [] };
  const watched = (open: OpenSecret): OpenSecret =>
    new Proxy(open, {
      get: (target, name: keyof OpenSecret) => {
        const given = target[name];
        if (typeof given !== "function" || name === "certifyDevice" || name === "signProfile") return given;
        return (...args: never[]) => {
          signed.others.push(name);
          return Reflect.apply(given, target, args);
        };
      },
    });
  const openSecret: IdentityPort["openSecret"] = async (bytes, at) => {
    const open = await openPgpIdentity.openSecret(bytes, at);
    return watched({
      ...open,
      certifyDevice: async (device, nowMs) => {
        const certificate = await open.certifyDevice(device, nowMs);
        signed.devices.push({ ...device, certificate });
        return certificate;
      },
      signProfile: (profile, nowMs) => {
        signed.profiles.push(profile);
        return open.signProfile(profile, nowMs);
      },
    });
  };
  return { identity: { ...openPgpIdentity, openSecret }, signed };
}
