// Every failure in words, with its exit code.
import { ClientError, type ClientFailure, ConnectionError, type LinkingFailure } from "@p2pcrypt/client";
import { VaultError } from "@p2pcrypt/vault";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { printable } from "./printable.ts";

export function toCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof ClientError) {
    const [exit, sentence] = told(error.failure);
    const { code, ...fields } = error.failure;
    return new CommandError(exit, code, sentence, fields);
  }
  if (error instanceof VaultError) {
    const isTaken = error.code === "vault/takenOver";
    const sentence = isTaken
      ? "another process took this home over; nothing more was written here"
      : "the vault could not be written or read";
    return new CommandError(isTaken ? EXIT.inUse : EXIT.failed, error.code, sentence);
  }
  if (error instanceof ConnectionError) return new CommandError(EXIT.node, error.code, error.message);
  return new CommandError(
    EXIT.failed,
    "internal",
    `something failed that should not: ${error instanceof Error ? error.name : "unknown"}`,
  );
}

function told(failure: ClientFailure): readonly [ExitCode, string] {
  switch (failure.code) {
    case "client/closed":
      return [EXIT.failed, "the client has stopped"];
    case "client/noIdentity":
      return [EXIT.notFound, "there is no identity here yet: p2pcrypt identity create --name NAME --node URL"];
    case "client/restoreUnfinished":
      return [
        EXIT.notFound,
        "a restore was not finished here, and nothing of it is used; begin it again: p2pcrypt backup restore, or identity recover",
      ];
    case "client/identityExists":
      return [EXIT.refused, "there is an identity in this home already; choose another with --home"];
    case "client/newerVault":
      return [EXIT.refused, "this vault was written by a newer version; it was left as it is"];
    case "client/cloned":
      return [EXIT.refused, "a copy of this vault is in use elsewhere: nothing is sent from here any more"];
    case "client/removed":
      return [EXIT.refused, "this device was removed by another one of yours: nothing is sent from here any more"];
    case "device/unknown":
      return [EXIT.notFound, "there is no such device: p2pcrypt device list"];
    case "device/tooMany":
      return [EXIT.refused, `an identity has at most ${failure.most} devices; remove one first: p2pcrypt device remove ID`];
    case "device/limited": {
      const where = failure.keepers.length === 0 ? "a keeper" : failure.keepers.map(printable).join(" or ");
      return [EXIT.refused, `the identity's key is not on this device, which is a limited one: do that on ${where}`];
    }
    case "device/alreadyKeeper":
      return [EXIT.refused, "that device is a keeper already"];
    case "linking/malformed":
      return [EXIT.refused, "that is neither a link for a new device nor a code of ten characters"];
    case "linking/noRun":
      return [EXIT.refused, "no device is being linked"];
    case "linking/failed":
      return [failure.reason === "mismatch" ? EXIT.differs : EXIT.refused, LINKING_REASONS[failure.reason]];
    case "name/empty":
      return [EXIT.refused, "a name is needed: --name NAME"];
    case "name/tooLong":
      return [EXIT.refused, `a name is one line of at most ${failure.maxBytes} bytes`];
    case "link/malformed":
      return [EXIT.refused, "that is not a contact link; it looks like https://NODE/#/add/… and must be whole"];
    case "link/own":
      return [EXIT.refused, "that is your own link; give it to somebody else"];
    case "nodeUrl/malformed":
      return [EXIT.refused, "a node's address is scheme, host and port only, like https://talk.example"];
    case "nodeUrl/insecure":
      return [EXIT.refused, "plain http works on this machine only; other nodes need https"];
    case "node/unreachable":
      return [EXIT.node, "the node cannot be reached"];
    case "node/refused":
      return [EXIT.node, `the node refused: ${failure.reason}`];
    case "node/otherIdentity":
      return [EXIT.node, "another node answers at that address than the one that is expected there"];
    case "trust/notVerified":
      return [EXIT.refused, "only whom you verified can be vouched for: p2pcrypt contact code WHO, or contact sas WHO"];
    case "trust/notCertified":
      return [EXIT.notFound, "there is no certification that this could be done with: p2pcrypt trust certify WHO"];
    case "trust/otherName":
      return [EXIT.refused, "the name that is shown is not one that their certificate says of itself"];
    case "trust/tooMany":
      return [EXIT.refused, "that is more certifications than can be kept"];
    case "trust/badTerms":
      return [EXIT.refused, `these terms do not make sense: ${failure.reason}`];
    case "trust/badKeyring":
      return [EXIT.refused, "that file is no OpenPGP keyring, or not all of it"];
    case "contact/unknown":
    case "contact/notFound":
      return [EXIT.notFound, "there is no such contact"];
    case "contact/blocked":
      return [EXIT.refused, "this contact is blocked; unblock it first"];
    case "contact/alreadyAccepted":
      return [EXIT.refused, "this is a contact already"];
    case "contact/noRequest":
      return [EXIT.refused, "there is no request of theirs to answer"];
    case "contact/undecided":
      return [EXIT.refused, "something about this contact changed; look at it with `contact list` and decide first"];
    case "contact/invalidIdentity":
      return [EXIT.refused, "the node's answer about this identity does not hold"];
    case "greeting/tooLong":
      return [EXIT.refused, `a greeting has at most ${failure.maxBytes} bytes`];
    case "conversation/unknown":
      return [EXIT.notFound, "there is no conversation with this contact yet"];
    case "conversation/closed":
      return [EXIT.refused, "this conversation has ended"];
    case "conversation/badDuration":
      return [EXIT.refused, "messages disappear after 30 seconds to 4 weeks, or never"];
    case "account/sameNode":
      return [EXIT.refused, "this node is your home already"];
    case "conversation/sameNode":
      return [EXIT.refused, "the conversation is at this node already"];
    case "conversation/badFolder":
      return [EXIT.refused, `a folder needs a name of at most ${failure.maxBytes} bytes`];
    case "group/notAGroup":
      return [EXIT.refused, "that is no group"];
    case "group/notAdmin":
      return [EXIT.refused, "only administrators of the group may do this"];
    case "group/badName":
      return [EXIT.refused, `a group needs a name of at most ${failure.maxBytes} bytes`];
    case "group/badPicture":
      return [EXIT.refused, `a group's picture is a JPEG or WebP of at most ${failure.maxBytes} bytes`];
    case "group/tooMany":
      return [EXIT.refused, `a group has at most ${failure.most} members`];
    case "group/notAContact":
      return [EXIT.refused, "only people you talk with can be added: p2pcrypt contact add LINK"];
    case "group/notAMember":
      return [EXIT.notFound, "there is no such member to do this with"];
    case "group/badDuration":
      return [EXIT.refused, "a link is good for an hour to 30 days"];
    case "group/tooManyInvitations":
      return [EXIT.refused, `there are ${failure.most} links to this group already; take one back first`];
    case "group/noInvitation":
      return [EXIT.notFound, "there is no such link"];
    case "group/invitationExpired":
      return [EXIT.refused, "this link is too old: ask for a new one"];
    case "group/noKnock":
      return [EXIT.notFound, "they are not waiting to be let in"];
    case "group/lastAdmin":
      return [EXIT.refused, "somebody has to administer the group: hand over first, or leave with --successor WHO"];
    case "message/empty":
      return [EXIT.refused, "there is nothing to send"];
    case "message/tooLong":
      return [EXIT.refused, `a message has at most ${failure.maxBytes} bytes`];
    case "message/notText":
      return [EXIT.refused, "only texts can be edited"];
    case "message/badReaction":
      return [EXIT.refused, "a reaction is one symbol, like 👍"];
    case "backup/notPossible":
      return [EXIT.refused, "no backup can be kept at this node: make one to a file with backup create"];
    case "backup/failed":
      return [EXIT.failed, "the backup was not finished; it is tried again"];
    case "backup/unknown":
      return [EXIT.notFound, "there is no such backup at the node"];
    case "message/badMention":
      return [EXIT.refused, `only members are mentioned, at most ${failure.most} in one message`];
    case "message/tooManyStars":
      return [EXIT.refused, `${failure.most} messages are starred already; unstar some`];
    case "message/unknown":
      return [EXIT.notFound, "there is no such message"];
    case "file/notPossible":
      return [EXIT.failed, "files are not possible here"];
    case "file/gone":
      return [EXIT.notFound, "there is no such file"];
    case "file/badName":
      return [EXIT.refused, `a file's name has 1 to ${failure.maxBytes} bytes`];
    case "file/tooLarge":
      return [EXIT.refused, `a file has at most ${failure.maxBytes} bytes`];
    case "transfer/unknown":
      return [EXIT.notFound, "there is no such transfer"];
    case "call/notPossible":
      return [EXIT.refused, "a call needs a conversation that works"];
    case "call/full":
      return [EXIT.refused, "the call is full: four people are in it"];
    case "call/busy":
      return [EXIT.refused, "another call goes on"];
    case "call/unknown":
      return [EXIT.notFound, "that call is over"];
    case "call/noRelay":
      return [EXIT.refused, "this node has no relay, and without one your address could not stay hidden"];
    case "verification/malformedCode":
      return [EXIT.refused, "that is not 60 digits"];
    case "verification/noRun":
      return [EXIT.refused, "no comparison is running"];
    case "verification/busy":
      return [EXIT.refused, "a comparison is running already"];
    case "scan/malformed":
      return [EXIT.refused, "that is not a verification code, or not all of it"];
    case "scan/own":
      return [EXIT.refused, "that is your own code: the other person scans it"];
    case "scan/otherPerson":
      return [EXIT.differs, "that code is somebody else's: this may not be the person you talk with"];
    case "scan/expired":
      return [EXIT.refused, "that code is too old: ask for a new one"];
    case "scan/unknownDevice":
      return [EXIT.refused, "the device that shows this code is not in your conversation yet"];
    case "scan/unknownContact":
      return [EXIT.notFound, `you have no conversation with them yet; ask first: p2pcrypt contact add '${failure.link}'`];
    case "recovery/malformed":
      return [
        EXIT.refused,
        failure.word === undefined
          ? "these are not the 28 words of a recovery sheet, or one of them is another word"
          : `word ${failure.word} is not in the list of words`,
      ];
    case "revocation/malformed":
      return [EXIT.refused, "that is no revocation certificate of that identity"];
    case "succession/malformed":
      return [EXIT.refused, "that is not what the new identity gave for this one"];
    case "recovery/newer":
      return [EXIT.refused, "that sheet was made by a newer version"];
    case "recovery/notPossible":
      return [EXIT.refused, "this identity's key does not fit on a sheet; make a backup instead: p2pcrypt identity export FILE"];
    case "recovery/nameNeeded":
      return [EXIT.refused, "your node does not say what this identity is called: give --name NAME"];
    case "recovery/revoked":
      return [EXIT.refused, "this identity was revoked and cannot be used again"];
    case "export/passphraseEmpty":
      return [EXIT.refused, "an export needs a passphrase of its own"];
    case "export/notAnExport":
      return [EXIT.refused, "that file is no export of an identity, or not all of it"];
    case "export/newer":
      return [EXIT.refused, "that export was written by a newer version"];
    case "export/damaged":
      return [EXIT.refused, "that backup is cut off or was changed; nothing of it was restored"];
    case "export/noKeptPassphrase":
      return [EXIT.refused, "there is no passphrase for backups: p2pcrypt backup auto FILE"];
    case "export/wrongPassphrase":
      return [EXIT.locked, "that is not the passphrase of the export"];
    case "import/badKey":
      return [
        failure.reason.endsWith("Passphrase") ? EXIT.locked : EXIT.refused,
        `that OpenPGP key cannot be used: ${KEY_REASONS[failure.reason] ?? failure.reason}`,
      ];
  }
}

const LINKING_REASONS: Record<LinkingFailure, string> = {
  expired: "the time for this code is over: make a new one",
  wrongCode: "that code is wrong, or was tried too often: make a new one",
  mismatch: "the digits were not the same: somebody else may have seen the code. Nothing was handed over",
  cancelled: "cancelled",
  declined: "the other device ended it",
  damaged: "what came is not understood, or the node does not tell the truth. Nothing was handed over",
  used: "that code was used by another device already: end it there and make a new one",
  notFound: "nobody waits at that code: it may be too old, or of another node",
};

const KEY_REASONS: Readonly<Record<string, string>> = {
  "secretKey/malformed": "the file is no OpenPGP secret key",
  "secretKey/noPrimary": "the secret part of the primary key is not in the file",
  "secretKey/cannotCertify": "its primary key may not certify",
  "secretKey/expired": "it has expired",
  "secretKey/revoked": "it is revoked",
  "secretKey/needsPassphrase": "it is locked: its passphrase is needed",
  "secretKey/wrongPassphrase": "that is not its passphrase",
  "secretKey/unsupportedProtection": "it is locked in a way that cannot be opened here",
  "certificate/notOne": "the file holds several keys",
  "certificate/weakKey": "RSA keys need at least 2048 bits",
  "certificate/unsupported": "its algorithm is not supported",
  "certificate/noSelfSignature": "it has no valid self-signature",
  "certificate/tooLarge": "it is too large",
};
