// The page's half of protocol/sandbox.ts.
import { SANDBOX_PATH, SANDBOX_READY, type SandboxStart } from "../protocol/sandbox.ts";

export interface Sandbox {
  /** To the worker in it. */
  readonly port: MessagePort;
  /** Ends the worker, whatever it does, and gives back what it took. */
  end(): void;
}

/**
 * Starts a worker without an origin: no storage, no network, no page around it.
 * @param failed called when there is no such place here, or the worker stopped by an error
 */
export function openSandbox(page: Window, script: ArrayBuffer, failed: () => void): Sandbox {
  const { port1, port2 } = new MessageChannel();
  const frame = page.document.createElement("iframe");
  const hear = ({ source, origin, data }: MessageEvent<unknown>): void => {
    if (source === null || source !== frame.contentWindow) return;
    // What the browser says of the frame: only one without an origin is given anything.
    if (data === SANDBOX_READY && origin === "null") {
      const start: SandboxStart = { script, port: port2 };
      frame.contentWindow.postMessage(start, "*", [script, port2]);
    } else failed();
  };
  page.addEventListener("message", hear);
  frame.src = SANDBOX_PATH;
  frame.hidden = true;
  page.document.body.append(frame);
  return {
    port: port1,
    end: () => {
      page.removeEventListener("message", hear);
      port1.close();
      frame.remove();
    },
  };
}
