import { de } from "./de.tsx";
import { en, type Messages } from "./en.tsx";
import { type Language, language } from "./language.ts";

const MESSAGES: Readonly<Record<Language, Messages>> = { en, de };

/** The texts of the page, in the reader's language. */
export const t: Messages = MESSAGES[language];
