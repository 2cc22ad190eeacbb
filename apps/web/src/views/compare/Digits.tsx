/** Digits in groups of five, to be read aloud. Left to right in every language. */
export function Digits({ digits }: { readonly digits: string }) {
  const groups = digits.match(/\d{1,5}/g) ?? [];
  return (
    <p className="digits" dir="ltr">
      {groups.map((group, at) => (
        // A group's place is what it is.
        <span key={at}>{group} </span>
      ))}
    </p>
  );
}
