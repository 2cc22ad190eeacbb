// A link that hands somebody a root: the contact link under another place of the page, so that opening it asks something else. It gives no
// more trust than a contact link does until the person agrees.

export function rootLinkOf(contactLink: string): string {
  return contactLink.replace("#/add/", "#/root/");
}

/** Takes both, for whoever has the one and pastes it where the other belongs. */
export function toContactLink(link: string): string {
  return link.trim().replace("#/root/", "#/add/");
}
