import { AxeBuilder } from "@axe-core/playwright";
import { expect } from "vitest";
import type { Person } from "./person.ts";

/**
 * Asserts that axe-core finds nothing wrong with what a person sees, light and dark.
 *
 * @param state what is seen, for the message
 */
export async function expectAccessible({ page }: Person, state: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations, passes } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, any }) => [html, any[0]?.message]),
    }));
    expect.soft({ state, colorScheme, found }).toEqual({ state, colorScheme, found: [] });
    expect(passes.length).toBeGreaterThan(5);
  }
}
