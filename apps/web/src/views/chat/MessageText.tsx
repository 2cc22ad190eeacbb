// What somebody wrote, with its light marks. Elements made one by one, never a string of HTML (W1).
import { memo, useMemo } from "react";
import { type Block, type Inline, markupOf } from "../../text/markup.ts";
import { shownText } from "../../text/printable.ts";

export const MessageText = memo(function MessageText({ text }: { readonly text: string }) {
  const blocks = useMemo(() => markupOf(shownText(text)), [text]);
  // the pieces of one text never move
  return blocks.map((block, at) => <BlockView key={at} block={block} />);
});

function BlockView({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case "lines":
      return (
        <p className="text" dir="auto">
          <Parts parts={block.parts} />
        </p>
      );
    case "quote":
      return (
        <blockquote className="text said-quote" dir="auto">
          <Parts parts={block.parts} />
        </blockquote>
      );
    case "code":
      return (
        <pre className="said-code" dir="ltr">
          <code>{block.text}</code>
        </pre>
      );
    case "list": {
      const items = block.items.map((item, at) => (
        <li key={at} dir="auto">
          <Parts parts={item} />
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

function Parts({ parts }: { readonly parts: readonly Inline[] }) {
  return parts.map((part, at) => <Part key={at} part={part} />);
}

/** Web addresses can be followed, and tell nobody where from. */
function Part({ part }: { readonly part: Inline }) {
  switch (part.kind) {
    case "text":
      return part.text;
    case "link":
      return (
        <a href={part.href} target="_blank" rel="noreferrer noopener nofollow" dir="ltr">
          {part.text}
        </a>
      );
    case "code":
      return <code>{part.text}</code>;
    case "bold":
      return (
        <strong>
          <Parts parts={part.parts} />
        </strong>
      );
    case "italic":
      return (
        <em>
          <Parts parts={part.parts} />
        </em>
      );
  }
}
