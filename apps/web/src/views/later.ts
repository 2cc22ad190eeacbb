// What is not needed for the first sight of the page, each in a file of its own.
import { lazy } from "react";
import { loadLaterWords } from "../words/words.ts";
import { loadDialog } from "./kit/Dialog.tsx";

/** A part with the words that it may say. */
function withWords<Part>(load: () => Promise<Part>): () => Promise<Part> {
  return async () => (await Promise.all([load(), loadLaterWords()]))[0];
}

const later = {
  dialog: loadDialog,
  places: withWords(() => import("./later-places.tsx")),
  details: withWords(() => import("./details/Details.tsx")),
  files: withWords(() => import("./files-places.tsx")),
  calls: withWords(() => import("./call-places.tsx")),
  groups: withWords(() => import("./group-places.tsx")),
  trust: withWords(() => import("./trust-places.tsx")),
  arrange: withWords(() => import("./arrange-places.tsx")),
  search: withWords(() => import("./search-places.tsx")),
  map: withWords(() => import("./trust-map-places.tsx")),
  settings: withWords(() => import("./SettingsPlace.tsx")),
  palette: withWords(() => import("./palette/Palette.tsx")),
  shortcuts: withWords(() => import("./palette/ShortcutsDialog.tsx")),
  identity: withWords(() => import("./boot/Import.tsx")),
  add: withWords(() => import("./add/AddPage.tsx")),
  acts: withWords(() => import("./acts-places.tsx")),
} as const;

export const Histories = lazy(async () => ({ default: (await later.places()).Histories }));
export const NewDevices = lazy(async () => ({ default: (await later.places()).NewDevices }));
export const Details = lazy(async () => ({ default: (await later.details()).Details }));
export const NewPlace = lazy(async () => ({ default: (await later.places()).NewPlace }));
export const SheetPlace = lazy(async () => ({ default: (await later.places()).SheetPlace }));
export const RequestsPlace = lazy(async () => ({ default: (await later.places()).RequestsPlace }));
export const PersonPlace = lazy(async () => ({ default: (await later.places()).PersonPlace }));
export const ComparePlace = lazy(async () => ({ default: (await later.places()).ComparePlace }));
export const VouchPlace = lazy(async () => ({ default: (await later.trust()).VouchPlace }));
export const IntroducePlace = lazy(async () => ({ default: (await later.trust()).IntroducePlace }));
export const PersonTrustPlace = lazy(async () => ({ default: (await later.trust()).PersonTrustPlace }));
export const ArrangePlace = lazy(async () => ({ default: (await later.arrange()).ArrangePlace }));
export const FollowPlace = lazy(async () => ({ default: (await later.arrange()).FollowPlace }));
export const SearchPlace = lazy(async () => ({ default: (await later.search()).SearchPlace }));
export const TrustMapPlace = lazy(async () => ({ default: (await later.map()).TrustMapPlace }));
export const RootsPlace = lazy(async () => ({ default: (await later.map()).RootsPlace }));
export const RootLandingPlace = lazy(async () => ({ default: (await later.map()).RootLandingPlace }));
export const UploadsPlace = lazy(async () => ({ default: (await later.files()).UploadsPlace }));
export const FilePlace = lazy(async () => ({ default: (await later.files()).FilePlace }));
export const SendPlace = lazy(async () => ({ default: (await later.files()).SendPlace }));
export const VoicePlace = lazy(async () => ({ default: (await later.files()).VoicePlace }));
export const CallPlace = lazy(async () => ({ default: (await later.calls()).CallPlace }));
export const CallTestPlace = lazy(async () => ({ default: (await later.calls()).CallTestPlace }));
export const RunningCallPlace = lazy(async () => ({ default: (await later.calls()).RunningCallPlace }));
export const NewGroupPlace = lazy(async () => ({ default: (await later.groups()).NewGroupPlace }));
export const GroupAddPlace = lazy(async () => ({ default: (await later.groups()).GroupAddPlace }));
export const JoinPlace = lazy(async () => ({ default: (await later.groups()).JoinPlace }));
export const GroupDetailsPlace = lazy(async () => ({ default: (await later.groups()).GroupDetailsPlace }));
export const SettingsPlace = lazy(async () => ({ default: (await later.settings()).SettingsPlace }));
export const Palette = lazy(async () => ({ default: (await later.palette()).Palette }));
export const ShortcutsDialog = lazy(async () => ({ default: (await later.shortcuts()).ShortcutsDialog }));
export const Import = lazy(async () => ({ default: (await later.identity()).Import }));
export const AddPage = lazy(async () => ({ default: (await later.add()).AddPage }));

export const MenuPlace = lazy(async () => ({ default: (await later.acts()).MenuPlace }));
export const QuestionPlace = lazy(async () => ({ default: (await later.acts()).QuestionPlace }));
export const ChoicePlace = lazy(async () => ({ default: (await later.acts()).ChoicePlace }));
export const WritingPlace = lazy(async () => ({ default: (await later.acts()).WritingPlace }));
export const PinnedPlace = lazy(async () => ({ default: (await later.acts()).PinnedPlace }));
export const StarredPlace = lazy(async () => ({ default: (await later.acts()).StarredPlace }));

export const OfferPlace = lazy(async () => ({ default: (await later.acts()).MemberOffer }));

export const attachments = later.files;
export const naming = later.acts;

/** So that they are there without a network, and at once. */
export function fetchLater(): void {
  // A file that cannot be had now is asked for again when it is needed.
  for (const load of Object.values(later)) load().catch(() => undefined);
}
