type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };

/**
 * Makes the plurals of a language: a function that selects the form for a number, and puts the number for its `#`.
 *
 * @example
 * const many = pluralOf("en");
 * many(2, { one: "# volume", other: "# volumes" }); // "2 volumes"
 */
export function pluralOf(language: string): (count: number, forms: Forms) => string {
  const rules = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language);
  return (count, forms) => (forms[rules.select(count)] ?? forms.other).replace("#", number.format(count));
}
