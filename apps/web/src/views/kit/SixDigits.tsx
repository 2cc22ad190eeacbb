/** Six digits to compare, large, in two groups. Left to right in every language. */
export function SixDigits({ digits }: { readonly digits: string }) {
  return (
    <p className="short-code" dir="ltr">
      {digits.slice(0, 3)} {digits.slice(3)}
    </p>
  );
}
