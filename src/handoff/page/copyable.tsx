import { useRef, useState } from "preact/hooks";
import { t } from "./messages/messages.ts";

/** How long a button says that it has copied, milliseconds. */
const COPIED_MS = 3000;

/**
 * A text to copy, with its button; if it is the primary one of a link, with one to share it where the browser can.
 *
 * @param props.onCopied what happens when the reader has copied or shared it
 */
export function Copyable(props: {
  readonly label: string;
  readonly text: string;
  readonly secret?: boolean;
  readonly primary?: boolean;
  readonly onCopied?: () => void;
}) {
  const { label, text, onCopied } = props;
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      onCopied?.();
      setCopied(true);
      setTimeout(() => setCopied(false), COPIED_MS);
    } catch {
      // Without the permission the reader copies the selected text.
      field.current?.select();
    }
  };
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
          data-secret={props.secret}
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
      <span role="status" class="hidden">
        {copied ? t.share.copiedOf(label) : ""}
      </span>
    </div>
  );
}
