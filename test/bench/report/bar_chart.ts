export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The text at the end of the bar. */
  readonly text: string;
  /** The index of the bar's series, which determines its colour. */
  readonly series: number;
}

const COLOURS = ["#3b7dd8", "#9aa5b1"];
const ROW_HEIGHT = 22;
const LABEL_WIDTH = 230;
const TEXT_WIDTH = 130;
const WIDTH = 720;
const LEGEND_WIDTH = 160;
const HEADER_HEIGHT = 52;
const STYLE =
  "text { font: 12px sans-serif; fill: #24292f } @media (prefers-color-scheme: dark) { text { fill: #d0d7de } }";

/**
 * Draws a chart of horizontal bars as SVG, for light and dark backgrounds.
 *
 * @param series the names of the series
 */
export function barChart(title: string, series: readonly string[], bars: readonly Bar[]): string {
  const largest = Math.max(...bars.map(({ value }) => value));
  const height = HEADER_HEIGHT + 4 + bars.length * ROW_HEIGHT;
  const legend = series.flatMap((name, i) => {
    const x = LABEL_WIDTH + i * LEGEND_WIDTH;
    return [rectangle(x, 30, 12, 12, COLOURS[i]), label(x + 18, 40, name)];
  });
  const rows = bars.map((bar, i) => {
    const y = HEADER_HEIGHT + i * ROW_HEIGHT;
    const width = ((WIDTH - LABEL_WIDTH - TEXT_WIDTH) * bar.value) / largest;
    return [
      label(LABEL_WIDTH - 8, y + 14, bar.label, ` text-anchor="end"`),
      rectangle(LABEL_WIDTH, y + 2, width, ROW_HEIGHT - 6, COLOURS[bar.series]),
      label(LABEL_WIDTH + width + 6, y + 14, bar.text),
    ].join("");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${STYLE}</style>`,
    label(8, 18, title, ` font-weight="bold"`),
    ...legend,
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}

const label = (x: number, y: number, text: string, attributes = ""): string =>
  `<text x="${x}" y="${y}"${attributes}>${escapeXml(text)}</text>`;

const rectangle = (x: number, y: number, width: number, height: number, fill = "none"): string =>
  `<rect x="${x}" y="${y}" width="${width.toFixed(1)}" height="${height}" fill="${fill}"/>`;

const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
