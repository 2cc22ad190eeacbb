// What is not needed for the first sight of the page, each in a file of its own.
import { lazy } from "react";

const later = {
  places: () => import("./later-places.tsx"),
  files: () => import("./files-places.tsx"),
  groups: () => import("./group-places.tsx"),
  trust: () => import("./trust-places.tsx"),
  map: () => import("./trust-map-places.tsx"),
  settings: () => import("./SettingsPlace.tsx"),
  palette: () => import("./palette/Palette.tsx"),
  shortcuts: () => import("./palette/ShortcutsDialog.tsx"),
  identity: () => import("./boot/Import.tsx"),
  add: () => import("./add/AddPage.tsx"),
} as const;

export const NewPlace = lazy(async () => ({ default: (await later.places()).NewPlace }));
export const SheetPlace = lazy(async () => ({ default: (await later.places()).SheetPlace }));
export const ComparePlace = lazy(async () => ({ default: (await later.places()).ComparePlace }));
export const VouchPlace = lazy(async () => ({ default: (await later.trust()).VouchPlace }));
export const IntroducePlace = lazy(async () => ({ default: (await later.trust()).IntroducePlace }));
export const PersonTrustPlace = lazy(async () => ({ default: (await later.trust()).PersonTrustPlace }));
export const TrustMapPlace = lazy(async () => ({ default: (await later.map()).TrustMapPlace }));
export const RootsPlace = lazy(async () => ({ default: (await later.map()).RootsPlace }));
export const RootLandingPlace = lazy(async () => ({ default: (await later.map()).RootLandingPlace }));
export const UploadsPlace = lazy(async () => ({ default: (await later.files()).UploadsPlace }));
export const FilePlace = lazy(async () => ({ default: (await later.files()).FilePlace }));
export const NewGroupPlace = lazy(async () => ({ default: (await later.groups()).NewGroupPlace }));
export const GroupAddPlace = lazy(async () => ({ default: (await later.groups()).GroupAddPlace }));
export const GroupDetailsPlace = lazy(async () => ({ default: (await later.groups()).GroupDetailsPlace }));
export const SettingsPlace = lazy(async () => ({ default: (await later.settings()).SettingsPlace }));
export const Palette = lazy(async () => ({ default: (await later.palette()).Palette }));
export const ShortcutsDialog = lazy(async () => ({ default: (await later.shortcuts()).ShortcutsDialog }));
export const Import = lazy(async () => ({ default: (await later.identity()).Import }));
export const AddPage = lazy(async () => ({ default: (await later.add()).AddPage }));

export const attachments = later.files;

/** So that they are there without a network, and at once. */
export function fetchLater(): void {
  // A file that cannot be had now is asked for again when it is needed.
  for (const load of Object.values(later)) load().catch(() => undefined);
}
