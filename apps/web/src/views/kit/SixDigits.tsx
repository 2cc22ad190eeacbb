/** Six digits to compare, large, in two groups. Left to right in every language. */
export function SixDigits({ digits }: { readonly digits: string }) {
  return (
    <p className="digits" dir="ltr">
      <span>{digits.slice(0, 3)} </span>
      <span>{digits.slice(3)}</span>
    </p>
  );
}
