// The real page.
import { deviceNameOf } from "../text/device-name.ts";
import type { Platform } from "./platform.ts";

const LINK_SCHEME = "web+ptopcrypt";

interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}

export function createPagePlatform(page: Window & typeof globalThis): Platform {
  const { document, navigator, location, history } = page;
  const on = (target: EventTarget, names: readonly string[], listener: () => void): (() => void) => {
    for (const name of names) target.addEventListener(name, listener);
    return () => {
      for (const name of names) target.removeEventListener(name, listener);
    };
  };
  let offer: InstallEvent | undefined;
  const installListeners = new Set<() => void>();
  page.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    if (!isInstallEvent(event)) return;
    offer = event;
    for (const listener of installListeners) listener();
  });
  return {
    place: {
      origin: location.origin,
      fragment: () => location.hash,
      go: (fragment, replaces) => {
        if (replaces) history.replaceState(null, "", fragment);
        else history.pushState(null, "", fragment);
      },
      onChange: (listener) => on(page, ["hashchange", "popstate"], listener),
    },
    // A hidden page gets no frames; what it shows can wait, what it counts cannot for ever.
    later: (run) => {
      if (document.hidden) page.setTimeout(run, 200);
      else page.requestAnimationFrame(run);
    },
    deviceName: deviceNameOf(navigator.userAgent),
    isMac: /Mac|iPhone|iPad/.test(navigator.platform),
    languages: navigator.languages,
    nowMs: () => Date.now(),
    everySecond: (run) => {
      const timer = page.setInterval(run, 1_000);
      return () => page.clearInterval(timer);
    },
    after: (delayMs, run) => {
      const timer = page.setTimeout(run, delayMs);
      return () => page.clearTimeout(timer);
    },
    copy: async (text) => {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch {
        return false; // not allowed: the text stands beside the button
      }
    },
    share: typeof navigator.share === "function" ? (url) => navigator.share({ url }) : undefined,
    save: ({ name, type, bytes }) => {
      const url = URL.createObjectURL(new Blob([bytes], { type }));
      const link = document.createElement("a");
      link.href = url;
      link.download = name;
      link.click();
      page.setTimeout(() => URL.revokeObjectURL(url), 10_000);
    },
    print: () => page.print(),
    reload: () => location.reload(),
    isLookedAt: () => document.visibilityState === "visible" && document.hasFocus(),
    onLookedAt: (listener) => {
      const stops = [on(document, ["visibilitychange"], listener), on(page, ["focus", "blur"], listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
    onLeave: (listener) => on(page, ["pagehide"], listener),
    isOnline: () => navigator.onLine,
    onOnline: (listener) => on(page, ["online", "offline"], listener),
    notificationPermission: () => ("Notification" in page ? Notification.permission : "unsupported"),
    askNotifications: async () => ("Notification" in page ? Notification.requestPermission() : "unsupported"),
    notify: ({ title, body, tag, fragment }) => {
      try {
        const notification = new Notification(title, { body, tag });
        notification.onclick = () => {
          page.focus();
          location.hash = fragment;
          notification.close();
        };
      } catch {
        // Where notifications only come from a service worker there are none: the title still counts.
      }
    },
    setTitle: (title) => {
      document.title = title;
    },
    dress: ({ theme, language, direction }) => {
      const { documentElement } = document;
      documentElement.dataset["theme"] = theme;
      documentElement.lang = language;
      documentElement.dir = direction;
    },
    prefersDark: () => page.matchMedia("(prefers-color-scheme: dark)").matches,
    installer: {
      canInstall: () => offer !== undefined,
      install: async () => {
        await offer?.prompt();
        offer = undefined;
        for (const listener of installListeners) listener();
      },
      onChange: (listener) => {
        installListeners.add(listener);
        return () => installListeners.delete(listener);
      },
    },
    handleLinks: () => {
      try {
        navigator.registerProtocolHandler(LINK_SCHEME, `${location.origin}/#/open/%s`);
      } catch {
        // Not allowed here: links still open by their https form.
      }
    },
  };
}

function isInstallEvent(event: Event): event is InstallEvent {
  return "prompt" in event;
}
