import type { ComponentChildren } from "preact";
import type { useQuestion } from "./leave.ts";
import { t } from "./messages/messages.ts";
import { Dialog } from "./parts.tsx";

/**
 * Asks whether the reader leaves without what would be lost.
 *
 * @param props.question of `useQuestion`; nothing is shown while there is none
 */
export function LeaveDialog({
  question,
  title,
  warning,
}: {
  readonly question: ReturnType<typeof useQuestion>;
  readonly title: string;
  readonly warning: ComponentChildren;
}) {
  if (question === undefined) return null;
  return (
    <Dialog title={title} onClose={question.stay}>
      {warning}
      <div class="buttons">
        <button type="button" class="outline" onClick={question.go}>
          {t.share.leave}
        </button>
        <button type="button" data-focus onClick={question.stay}>
          {t.share.stay}
        </button>
      </div>
    </Dialog>
  );
}
