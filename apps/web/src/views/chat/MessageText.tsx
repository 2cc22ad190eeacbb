// What somebody wrote, with its light marks. Elements made one by one, never a string of HTML (W1).
import { pieces, type TextEntry } from "@p2pcrypt/client";
import { memo } from "react";
import { type Block, type Inline, markupOf } from "../../text/markup.ts";
import { type Named, withNames, withPlaces } from "../../text/named.ts";

export type NameOf = Parameters<typeof pieces>[1];

/** `nameOf` says what those whom it names are called now. */
export const MessageText = memo(
  function MessageText({
    said,
    nameOf = noName,
  }: {
    readonly said: Pick<TextEntry, "text" | "mentions">;
    readonly nameOf?: NameOf;
  }) {
    const { text, names } = withPlaces(pieces(said, nameOf));
    // the pieces of one text never move
    return markupOf(text).map((block, at) => <BlockView key={at} block={block} names={names} />);
  },
  (before, after) => before.said.text === after.said.text && before.said.mentions === after.said.mentions,
);

const noName: NameOf = () => undefined;

interface Names {
  readonly names: Named["names"];
}

function BlockView({ block, names }: Names & { readonly block: Block }) {
  switch (block.kind) {
    case "lines":
      return (
        <p className="text" dir="auto">
          <Parts parts={block.parts} names={names} />
        </p>
      );
    case "quote":
      return (
        <blockquote className="text said-quote" dir="auto">
          <Parts parts={block.parts} names={names} />
        </blockquote>
      );
    case "code":
      return (
        <pre className="said-code" dir="ltr">
          <code>{withNames(block.text, names)}</code>
        </pre>
      );
    case "list": {
      const items = block.items.map((item, at) => (
        <li key={at} dir="auto">
          <Parts parts={item} names={names} />
        </li>
      ));
      return block.start === undefined ? (
        <ul className="text said-list">{items}</ul>
      ) : (
        <ol className="text said-list" start={block.start}>
          {items}
        </ol>
      );
    }
  }
}

function Parts({ parts, names }: Names & { readonly parts: readonly Inline[] }) {
  return parts.map((part, at) => <Part key={at} part={part} names={names} />);
}

/** Web addresses can be followed, and tell nobody where from. */
function Part({ part, names }: Names & { readonly part: Inline }) {
  switch (part.kind) {
    case "text":
      return part.text;
    case "link":
      return (
        <a href={part.href} target="_blank" rel="noreferrer noopener nofollow" dir="ltr">
          {part.text}
        </a>
      );
    case "mention": {
      const { name = "", isSelf = false } = names[part.at] ?? {};
      return isSelf ? <mark className="mention">{name}</mark> : <bdi className="mention">{name}</bdi>;
    }
    case "code":
      return <code>{withNames(part.text, names)}</code>;
    case "bold":
      return (
        <strong>
          <Parts parts={part.parts} names={names} />
        </strong>
      );
    case "italic":
      return (
        <em>
          <Parts parts={part.parts} names={names} />
        </em>
      );
  }
}
