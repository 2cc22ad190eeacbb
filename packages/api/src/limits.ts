// Sizes and counts that client and node agree on. docs/limits.md explains them to people.

export const MAX_APPLICATION_RECORD_BYTES = 96 * 1024;
export const MAX_EPHEMERAL_RECORD_BYTES = 68 * 1024;
/** Handshakes and welcomes: over HTTP only. */
export const MAX_LARGE_RECORD_BYTES = 4 * 1024 * 1024;
/** A sealed request from somebody without the inbox's contact token. */
export const MAX_STRANGER_REQUEST_BYTES = 16 * 1024;
export const MAX_SOCKET_FRAME_BYTES = 256 * 1024;
/** A record above this is announced over a socket and fetched by `stream.read`. */
export const MAX_PUSHED_RECORD_BYTES = 128 * 1024;

export const MAX_CERTIFICATE_BYTES = 64 * 1024;
/** A web form with an armored certificate in it, as gpg and sq send it; others' signatures are cut off before anything is checked. */
export const MAX_KEYSERVER_FORM_BYTES = 512 * 1024;
export const MAX_SEARCH_CHARACTERS = 512;
/** Certificates in one keyserver answer. */
export const MAX_KEYSERVER_RESULTS = 10;
/** Certificates in one keyserver submission. */
export const MAX_KEYSERVER_SUBMISSIONS = 10;
export const MAX_PROFILE_BYTES = 16 * 1024;
export const MAX_DEVICE_CERTIFICATE_BYTES = 2 * 1024;
export const MAX_KEY_PACKAGE_BYTES = 16 * 1024;
export const MAX_KEY_PACKAGES_PER_PUBLISH = 100;
export const MAX_KEY_PACKAGES_STORED = 200;
export const MAX_CLAIM_TOKENS = 1_000;
export const MAX_DEVICES = 10;
export const MAX_STREAM_ADMINS = 64;
export const MAX_URL_BYTES = 512;
export const MAX_RELAY_URLS = 10;
/** How long something can be begun with credentials for a relay. */
export const RELAY_CREDENTIALS_LIFETIME_MS = 10 * 60_000;

export const MAX_READ_RECORDS = 500;
export const MAX_READ_BYTES = 4 * 1024 * 1024;
export const DEFAULT_READ_BYTES = 1024 * 1024;

export const MAX_REQUESTS_IN_FLIGHT = 64;
export const MAX_UNACKNOWLEDGED_RECORDS = 256;
export const MAX_SUBSCRIPTIONS_PER_SOCKET = 10_000;
export const SOCKET_PING_INTERVAL_MS = 30_000;

export const DAY_MS = 86_400_000;
export const MIN_RETENTION_MS = 60 * 60 * 1000;
export const DEFAULT_RETENTION_MS = 30 * DAY_MS;
export const MAX_RETENTION_MS = 400 * DAY_MS;
export const HANDSHAKE_RETENTION_MS = 400 * DAY_MS;
/** An idempotency key is remembered as long as its record and this much longer. */
export const IDEMPOTENCY_GRACE_MS = 30 * DAY_MS;
/** How far the time inside a signed request may be from the node's. */
export const REQUEST_WINDOW_MS = 5 * 60 * 1000;

/** Of one sealed file, as far as the format goes; a node says what it takes. */
export const MAX_BLOB_BYTES = 2 ** 41;
export const DEFAULT_BLOB_RETENTION_MS = 30 * DAY_MS;
export const MAX_BLOB_RETENTION_MS = 90 * DAY_MS;
/** An upload that nobody goes on with is dropped after this. */
export const UNFINISHED_BLOB_MS = DAY_MS;

/** JSON that is deeper, or has more values, is refused before it is looked at. */
export const MAX_JSON_DEPTH = 16;
export const MAX_JSON_VALUES = 10_000;
