/** The languages of the page. The first is that of readers whose browser asks for none of them. */
const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

const languageOf = (tag: string): Language | undefined =>
  LANGUAGES.find((language) => language === tag.toLowerCase().split("-")[0]);

const tag = navigator.languages.find((each) => languageOf(each) !== undefined) ?? LANGUAGES[0];

/** The first language of the browser that the page has. */
export const language: Language = languageOf(tag) ?? LANGUAGES[0];

/** The browser's variant of the language, such as `en-GB`, for numbers and times. */
export const locale: string = tag;
