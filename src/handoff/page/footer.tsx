import { t } from "./messages/messages.ts";

const DOCUMENTATION = "https://github.com/volume-transfers/volume-transfers/blob/main/docs/handoff.md";

/** @param props.version that of the service; undefined for a reader who is not signed in */
export const Footer = ({ version }: { readonly version: string | undefined }) => (
  <footer>
    <nav class="container" aria-label={t.footer.label}>
      <a href={DOCUMENTATION}>{t.footer.documentation}</a>
      <a href="docs">{t.footer.api}</a>
      {version !== undefined && <span>{t.footer.version(version)}</span>}
    </nav>
  </footer>
);
