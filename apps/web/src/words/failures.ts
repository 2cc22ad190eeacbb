// Every way in which an act can fail, in words. A code without a sentence does not compile.
import type { ClientFailure, ClientFailureCode } from "@p2pcrypt/client";
import { shownName } from "../text/printable.ts";
import type { Words } from "./words.ts";

/** Codes whose sentence needs nothing but the code. */
type PlainCode = Exclude<ClientFailureCode, FieldCode>;
type FieldCode =
  | "node/unreachable"
  | "node/refused"
  | "node/otherIdentity"
  | "import/badKey"
  | "recovery/malformed"
  | "linking/failed"
  | "device/limited";

const FIELD_CODES: Record<FieldCode, true> = {
  "node/unreachable": true,
  "node/refused": true,
  "node/otherIdentity": true,
  "import/badKey": true,
  "recovery/malformed": true,
  "linking/failed": true,
  "device/limited": true,
};

const SENTENCES = {
  "client/closed": "fail.client/closed",
  "client/noIdentity": "fail.client/noIdentity",
  "client/restoreUnfinished": "fail.client/restoreUnfinished",
  "client/identityExists": "fail.client/identityExists",
  "client/newerVault": "fail.client/newerVault",
  "client/cloned": "fail.client/cloned",
  "client/removed": "fail.client/removed",
  "device/unknown": "fail.device/unknown",
  "device/tooMany": "fail.device/tooMany",
  "device/alreadyKeeper": "fail.device/alreadyKeeper",
  "linking/malformed": "fail.linking/malformed",
  "linking/noRun": "fail.linking/noRun",
  "name/empty": "fail.name/empty",
  "name/tooLong": "fail.name/tooLong",
  "link/malformed": "fail.link/malformed",
  "link/own": "fail.link/own",
  "nodeUrl/malformed": "fail.nodeUrl/malformed",
  "nodeUrl/insecure": "fail.nodeUrl/insecure",
  "contact/unknown": "fail.contact/unknown",
  "contact/notFound": "fail.contact/notFound",
  "contact/blocked": "fail.contact/blocked",
  "contact/alreadyAccepted": "fail.contact/alreadyAccepted",
  "contact/noRequest": "fail.contact/noRequest",
  "contact/undecided": "fail.contact/undecided",
  "contact/invalidIdentity": "fail.contact/invalidIdentity",
  "greeting/tooLong": "fail.greeting/tooLong",
  "conversation/unknown": "fail.conversation/unknown",
  "conversation/closed": "fail.conversation/closed",
  "group/notAGroup": "fail.group/notAGroup",
  "group/notAdmin": "fail.group/notAdmin",
  "group/badName": "fail.group/badName",
  "group/badPicture": "fail.group/badPicture",
  "group/tooMany": "fail.group/tooMany",
  "group/notAContact": "fail.group/notAContact",
  "group/notAMember": "fail.group/notAMember",
  "conversation/badDuration": "fail.conversation/badDuration",
  "conversation/badFolder": "fail.conversation/badFolder",
  "account/sameNode": "fail.account/sameNode",
  "conversation/sameNode": "fail.conversation/sameNode",
  "group/badDuration": "fail.group/badDuration",
  "group/tooManyInvitations": "fail.group/tooManyInvitations",
  "group/noInvitation": "fail.group/noInvitation",
  "group/invitationExpired": "fail.group/invitationExpired",
  "group/noKnock": "fail.group/noKnock",
  "group/lastAdmin": "fail.group/lastAdmin",
  "message/empty": "fail.message/empty",
  "message/tooLong": "fail.message/tooLong",
  "message/unknown": "fail.message/unknown",
  "message/notText": "fail.message/notText",
  "message/badReaction": "fail.message/badReaction",
  "message/badMention": "fail.message/badMention",
  "message/tooManyStars": "fail.message/tooManyStars",
  "file/notPossible": "fail.file/notPossible",
  "file/gone": "fail.file/gone",
  "file/badName": "fail.file/badName",
  "file/tooLarge": "fail.file/tooLarge",
  "transfer/unknown": "fail.transfer/unknown",
  "verification/malformedCode": "fail.verification/malformedCode",
  "verification/noRun": "fail.verification/noRun",
  "verification/busy": "fail.verification/busy",
  "scan/malformed": "fail.scan/malformed",
  "scan/own": "fail.scan/own",
  "scan/otherPerson": "fail.scan/otherPerson",
  "scan/expired": "fail.scan/expired",
  "scan/unknownDevice": "fail.scan/unknownDevice",
  "scan/unknownContact": "fail.scan/unknownContact",
  "call/notPossible": "fail.call/notPossible",
  "call/full": "fail.call/full",
  "call/busy": "fail.call/busy",
  "call/unknown": "fail.call/unknown",
  "call/noRelay": "fail.call/noRelay",
  "trust/notVerified": "fail.trust/notVerified",
  "trust/notCertified": "fail.trust/notCertified",
  "trust/otherName": "fail.trust/otherName",
  "trust/tooMany": "fail.trust/tooMany",
  "trust/badTerms": "fail.trust/badTerms",
  "trust/badKeyring": "fail.trust/badKeyring",
  "succession/malformed": "fail.succession/malformed",
  "revocation/malformed": "fail.revocation/malformed",
  "backup/notPossible": "fail.backup/notPossible",
  "backup/failed": "fail.backup/failed",
  "backup/unknown": "fail.backup/unknown",
  "recovery/newer": "fail.recovery/newer",
  "recovery/notPossible": "fail.recovery/notPossible",
  "recovery/nameNeeded": "fail.recovery/nameNeeded",
  "recovery/revoked": "fail.recovery/revoked",
  "export/passphraseEmpty": "fail.export/passphraseEmpty",
  "export/notAnExport": "fail.export/notAnExport",
  "export/newer": "fail.export/newer",
  "export/wrongPassphrase": "fail.export/wrongPassphrase",
  "export/damaged": "fail.export/damaged",
  "export/noKeptPassphrase": "fail.export/noKeptPassphrase",
} as const satisfies Record<PlainCode, `fail.${PlainCode}`>;

const KEY_REASONS: Readonly<
  Record<
    string,
    "fail.key.malformed" | "fail.key.locked" | "fail.key.wrongPassphrase" | "fail.key.ended" | "fail.key.unsupported"
  >
> = {
  "secretKey/malformed": "fail.key.malformed",
  "secretKey/noPrimary": "fail.key.malformed",
  "secretKey/needsPassphrase": "fail.key.locked",
  "secretKey/wrongPassphrase": "fail.key.wrongPassphrase",
  "secretKey/expired": "fail.key.ended",
  "secretKey/revoked": "fail.key.ended",
  "secretKey/cannotCertify": "fail.key.unsupported",
  "secretKey/unsupportedProtection": "fail.key.unsupported",
  "certificate/unsupported": "fail.key.unsupported",
  "certificate/weakKey": "fail.key.unsupported",
};

export function sentenceOf({ t }: Words, error: unknown): string {
  const failure = failureOf(error);
  if (failure === undefined) return t("fail.unexpected");
  switch (failure.code) {
    case "node/unreachable":
    case "node/otherIdentity":
      return t(`fail.${failure.code}`, { node: hostOf(failure.nodeUrl) });
    case "node/refused":
      return t("fail.node/refused", { node: hostOf(failure.nodeUrl), reason: reasonOf({ t }, failure.reason) });
    case "import/badKey":
      return t(KEY_REASONS[failure.reason] ?? "fail.import/badKey");
    case "recovery/malformed":
      return failure.word === undefined
        ? t("fail.recovery/malformed")
        : t("fail.recovery/malformedWord", { word: String(failure.word) });
    case "device/limited":
      return limitedSentence({ t }, failure.keepers);
    case "linking/failed":
      return t(`linking.failed.${failure.reason}`);
    default:
      return t(SENTENCES[failure.code]);
  }
}

/** Why a limited device does not do it, and where it is done. */
export function limitedSentence({ t }: Pick<Words, "t">, keepers: readonly string[]): string {
  const [where] = keepers;
  return where === undefined ? t("fail.device/limitedUnknown") : t("fail.device/limited", { device: shownName(where) });
}

/** Why a node refuses, by the code of its answer, or why nothing goes to somebody. */
export function reasonOf({ t }: Pick<Words, "t">, code: string): string {
  if (code === "revoked" || code === "expired" || code === "undecided") return t(`reason.${code}`);
  if (code === "quota" || code === "storageFull") return t("reason.quota");
  return code === "rateLimited" ? t("reason.rate") : t("reason.other", { code });
}

/** Failures cross the worker as data, so the class is not what tells them apart. */
function failureOf(error: unknown): ClientFailure | undefined {
  if (!(error instanceof Error) || !("failure" in error)) return undefined;
  const { failure } = error;
  const isKnown = typeof failure === "object" && failure !== null && "code" in failure && typeof failure.code === "string";
  return isKnown && isFailure(failure) ? failure : undefined;
}

function isFailure(failure: object): failure is ClientFailure {
  const code = "code" in failure ? String(failure.code) : "";
  return Object.hasOwn(SENTENCES, code) || Object.hasOwn(FIELD_CODES, code);
}

/** `talk.example:8443` of `https://talk.example:8443`. */
export function hostOf(nodeUrl: string): string {
  return nodeUrl.replace(/^[a-z]+:\/\//i, "").replace(/\/$/, "");
}
