import { brandColors } from "./contrast.ts";
import { t } from "./messages/messages.ts";

/** The name and the looks that the operator gives the service (`src/config/handoff.ts`). */
export interface Branding {
  readonly name?: string;
  /** As `#rrggbb`. */
  readonly color?: string;
  /** The path of a picture. */
  readonly logo?: string;
}

let branding: Branding = {};

/** Sets the name, the logo and the colours of the page. */
export function setBrand(brand: Branding): void {
  branding = brand;
  if (brand.color === undefined) return;
  for (const [name, value] of Object.entries(brandColors(brand.color)))
    document.documentElement.style.setProperty(`--brand-${name}`, value);
}

export const brandName = (): string => branding.name ?? t.brand;

/** The logo and the name of the service. */
export const Brand = () => (
  <span class="brand">
    {branding.logo === undefined ? <Mark /> : <img src={branding.logo} alt="" />}
    <span>{brandName()}</span>
  </span>
);

/** A disk that is handed on. */
const Mark = () => (
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="8" />
    <path d="M7 11.5c0-2 3-3.5 6.5-3.5s6.5 1.5 6.5 3.5v2M7 11.5v9c0 2 3 3.5 6.5 3.5q1.5 0 2.900-.35M7 16c0 2 3 3.5 6.5 3.5M17 19.5h8m-3.200-3.200 3.200 3.200-3.200 3.200" />
  </svg>
);
