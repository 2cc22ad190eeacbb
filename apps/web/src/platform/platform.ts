// What the views need of the page around them, as one argument: a test or another host has its own.
import type { Later } from "../model/model.ts";
import type { Notice } from "../model/notifier.ts";
import type { Place } from "../model/router.ts";

export type NotificationPermission = "granted" | "denied" | "default" | "unsupported";

export interface Platform {
  readonly place: Place;
  readonly later: Later;
  readonly isMac: boolean;
  /** What this browser would call the device. */
  readonly deviceName: string;
  readonly languages: readonly string[];
  nowMs(): number;
  /** @returns how to stop. */
  everySecond(run: () => void): () => void;
  after(delayMs: number, run: () => void): () => void;

  /** @returns false when the browser does not allow it. */
  copy(text: string): Promise<boolean>;
  /** Undefined where there is no share sheet. */
  readonly share: ((url: string) => Promise<void>) | undefined;
  save(file: { readonly name: string; readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> | Blob }): void;
  print(): void;
  reload(): void;

  /** In front of a person: visible and focused. */
  isLookedAt(): boolean;
  onLookedAt(listener: () => void): () => void;
  /** The page goes: what is to be said is said now. */
  onLeave(listener: () => void): () => void;
  isOnline(): boolean;
  onOnline(listener: () => void): () => void;

  notificationPermission(): NotificationPermission;
  askNotifications(): Promise<NotificationPermission>;
  notify(notice: Notice): void;

  setTitle(title: string): void;
  /** Theme, language and direction of the whole page. */
  dress(dress: { readonly theme: string; readonly language: string; readonly direction: string }): void;
  /** Whether the system prefers dark. */
  prefersDark(): boolean;

  /** Offered by browsers that can install the page. */
  readonly installer: { canInstall(): boolean; install(): Promise<void>; onChange(listener: () => void): () => void };
  /** Asks to be what opens `web+ptopcrypt:` links. */
  handleLinks(): void;
}
