import { t } from "./messages/messages.ts";

/** A placeholder of something that loads, about as large: the page does not jump. */
export const Skeleton = ({ lines = 5 }: { readonly lines?: number }) => (
  <div class="skeleton" role="status" aria-busy="true">
    <span class="hidden">{t.loading}</span>
    {Array.from({ length: lines }, (_, line) => (
      <span key={line} />
    ))}
  </div>
);
