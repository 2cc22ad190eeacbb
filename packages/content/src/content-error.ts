export type ContentErrorCode =
  | "content/tooLarge"
  | "content/notUtf8"
  | "content/notJson"
  | "content/tooDeep"
  | "content/tooManyFields"
  | "content/badField";

const SENTENCES: Record<ContentErrorCode, string> = {
  "content/tooLarge": "content is larger than allowed",
  "content/notUtf8": "content is not UTF-8",
  "content/notJson": "content is not a JSON object",
  "content/tooDeep": "content is nested deeper than allowed",
  "content/tooManyFields": "content has more fields than allowed",
  "content/badField": "a field of the content is missing or wrong",
};

/** The only error this package throws. The text holds a field's name at most, never its value. */
export class ContentError extends Error {
  override readonly name = "ContentError";
  readonly code: ContentErrorCode;
  readonly field: string | undefined;

  constructor(code: ContentErrorCode, field?: string, options?: { readonly cause?: unknown }) {
    super(field === undefined ? SENTENCES[code] : `${SENTENCES[code]}: ${field}`, options);
    this.code = code;
    this.field = field;
  }
}
