// What the client worker and the page say to each other about one direct connection, over a port of its own. Only pages have
// RTCPeerConnection; bytes go through here without being copied.

export type ToDirectPage =
  | { readonly kind: "offer" }
  | { readonly kind: "answer"; readonly sdp: string }
  | { readonly kind: "accept"; readonly sdp: string }
  | { readonly kind: "send"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "close" };

export type FromDirectPage =
  | { readonly kind: "described"; readonly sdp: string }
  | { readonly kind: "open" }
  | { readonly kind: "message"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** One `send` has been handed on, and there is room for more. */
  | { readonly kind: "sent" }
  /** Nothing comes any more. */
  | { readonly kind: "closed" };
