export { decodeContent, decodeEphemeral, encodeContent, encodeEphemeral } from "./codec.ts";
export {
  type ContactCardContent,
  type Content,
  type ContentId,
  type EphemeralContent,
  type GoodbyeContent,
  type KnownContent,
  MAX_CERTIFICATE_BYTES,
  MAX_CONTENT_BYTES,
  MAX_CONTENT_DEPTH,
  MAX_CONTENT_FIELDS,
  MAX_EPHEMERAL_BYTES,
  MAX_PROFILE_BYTES,
  MAX_TEXT_BYTES,
  type PresenceState,
  type ProfileUpdateContent,
  type ReceiptContent,
  type SasCancelContent,
  type SasCancelReason,
  type SasCommitContent,
  type SasConfirmContent,
  type SasOpenContent,
  type SasReplyContent,
  type TextContent,
  type UnknownContent,
} from "./content.ts";
export { ContentError, type ContentErrorCode } from "./content-error.ts";
export { isContentId } from "./fields.ts";
