// The colours of a brand have enough contrast by construction: what is too light for its background is darkened until it
// is not, and the other way round.

type Rgb = readonly [red: number, green: number, blue: number];

/** The contrast of text that WCAG 2.2 requires (criterion 1.4.3), and a little more for rounding. */
const CONTRAST = 4.6;
const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** The darkest background of the light page, and the lightest of the dark one, that text of the colour is on. */
const LIGHT_BACKGROUND: Rgb = [236, 239, 243];
const DARK_BACKGROUND: Rgb = [42, 49, 64];
/** How far each step goes, as a part of the way. */
const STEP = 0.02;

const parse = (color: string): Rgb => {
  const channel = (at: number) => Number.parseInt(color.slice(at, at + 2), 16);
  return [channel(1), channel(3), channel(5)];
};
const format = (color: Rgb): string =>
  `#${color.map((channel) => Math.round(channel).toString(16).padStart(2, "0")).join("")}`;

/** Returns the relative luminance, as WCAG 2.2 defines it. */
function luminance(color: Rgb): number {
  const [red = 0, green = 0, blue = 0] = color.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Rgb, other: Rgb): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** @param part how far towards the other colour, from 0 to 1 */
function mix([red, green, blue]: Rgb, [toRed, toGreen, toBlue]: Rgb, part: number): Rgb {
  return [red + (toRed - red) * part, green + (toGreen - green) * part, blue + (toBlue - blue) * part];
}

/** Moves a colour towards another until it has enough contrast with its background. */
function readable(color: Rgb, background: Rgb, towards: Rgb): Rgb {
  for (let part = 0; part < 1; part += STEP) {
    const mixed = mix(color, towards, part);
    if (contrast(mixed, background) >= CONTRAST) return mixed;
  }
  return towards;
}

/**
 * Makes the colours of a brand: of text and borders on the light page and on the dark one, and of buttons with their
 * text, which is white or black, whichever has the more contrast.
 *
 * @param color as `#rrggbb`
 */
export function brandColors(color: string) {
  const brand = parse(color);
  const white = contrast(brand, WHITE) >= contrast(brand, BLACK);
  return {
    "on-light": format(readable(brand, LIGHT_BACKGROUND, BLACK)),
    "on-dark": format(readable(brand, DARK_BACKGROUND, WHITE)),
    fill: color,
    // Away from its text, so that the contrast grows.
    "fill-hover": format(mix(brand, white ? BLACK : WHITE, 0.2)),
    "fill-text": format(white ? WHITE : BLACK),
  };
}
