import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "./messages/messages.ts";

/** How long a button says that it has copied, milliseconds. */
const COPIED_MS = 3000;

/**
 * Copies a text.
 *
 * @param field contains the text: it is selected where the browser does not let the page copy
 * @param onCopied what happens when it was copied
 */
export function useCopy(
  text: string,
  field: RefObject<HTMLInputElement | HTMLTextAreaElement | null>,
  onCopied: (() => void) | undefined,
) {
  const [copied, setCopied] = useState(false);
  const [refusals, setRefusals] = useState(0);
  useEffect(() => {
    if (refusals === 0) return;
    field.current?.focus();
    field.current?.select();
  }, [refusals]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setRefusals(0);
      setCopied(true);
      setTimeout(() => setCopied(false), COPIED_MS);
      onCopied?.();
    } catch {
      setRefusals((before) => before + 1);
    }
  };
  return { copied, refused: refusals > 0, copy };
}

/** The words of a screen reader after a copy. All readers see them if the browser does not let the page copy. */
export const CopyStatus = (props: {
  readonly copied: boolean;
  readonly refused: boolean;
  readonly label: string;
}) => (
  <small role="status" class={props.refused ? undefined : "hidden"}>
    {props.refused ? t.share.selected : props.copied && t.share.copiedOf(props.label)}
  </small>
);

/**
 * A text to copy, with its button; if it is the primary one of a link, with one to share it where the browser can.
 *
 * @param props.onCopied what happens when the reader has copied or shared it
 */
export function Copyable(props: {
  readonly label: string;
  readonly text: string;
  readonly primary?: boolean;
  readonly onCopied?: () => void;
}) {
  const { label, text, onCopied } = props;
  const field = useRef<HTMLInputElement>(null);
  const { copied, refused, copy } = useCopy(text, field, onCopied);
  const shares = props.primary === true && "share" in navigator;
  const share = () =>
    // The reader can also cancel it.
    navigator.share({ url: text }).then(onCopied, () => {});
  return (
    <div class="copyable">
      <label>
        {label}
        <input
          ref={field}
          readOnly
          value={text}
          spellcheck={false}
          autocomplete="off"
          onFocus={(event) => event.currentTarget.select()}
          onCopy={onCopied}
        />
      </label>
      {shares && (
        <button type="button" onClick={share}>
          {t.share.share}
        </button>
      )}
      <button
        type="button"
        class={props.primary && !shares ? undefined : "outline"}
        aria-label={t.share.copyOf(label)}
        onClick={copy}
      >
        {copied ? t.share.copied : t.share.copy}
      </button>
      <CopyStatus copied={copied} refused={refused} label={label} />
    </div>
  );
}
