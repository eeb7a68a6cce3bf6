/** A bar of a chart, and what is written at its end. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  /** Whose bar it is: each has a colour of its own. */
  readonly series: number;
}

const COLOURS = ["#3b7dd8", "#9aa5b1"];
const ROW = 22;
const LEFT = 230;
const WIDTH = 720;
const ROOM_FOR_TEXT = 130;

/** A chart of horizontal bars, as SVG that can be read on light and dark pages. */
export function barChart(title: string, series: readonly string[], bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ value }) => value));
  const height = 56 + bars.length * ROW;
  const text = (x: number, y: number, words: string, attributes = "") =>
    `<text x="${x}" y="${y}"${attributes}>${escaped(words)}</text>`;
  const legend = series.map(
    (name, i) =>
      `<rect x="${LEFT + i * 160}" y="30" width="12" height="12" fill="${COLOURS[i]}"/>${text(LEFT + 18 + i * 160, 40, name)}`,
  );
  const rows = bars.map(({ label, value, text: words, series }, i) => {
    const y = 52 + i * ROW;
    const width = ((WIDTH - LEFT - ROOM_FOR_TEXT) * value) / most;
    return [
      text(LEFT - 8, y + 14, label, ` text-anchor="end"`),
      `<rect x="${LEFT}" y="${y + 2}" width="${width.toFixed(1)}" height="${ROW - 6}" fill="${COLOURS[series]}"/>`,
      text(LEFT + width + 6, y + 14, words),
    ].join("");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">`,
    `<title>${escaped(title)}</title>`,
    "<style>text { font: 12px sans-serif; fill: #24292f } @media (prefers-color-scheme: dark) { text { fill: #d0d7de } }</style>",
    text(8, 18, title, ` font-weight="bold"`),
    ...legend,
    ...rows,
    "</svg>",
    "",
  ].join("\n");
}

const escaped = (words: string): string =>
  words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
