/**
 * Returns how often each element is in an XML document.
 *
 * @throws Error if it is not well-formed
 */
export function elementsOf(xml: string): Record<string, number> {
  const count: Record<string, number> = {};
  const open: string[] = [];
  const text = '(?:[^<&"\\u0000-\\u0008]|&(?:amp|lt|gt|quot);)*';
  const token = new RegExp(`<(/?)([a-z]+)((?: [a-z]+="${text}")*)(/?)>|${text.replace('"', "")}`, "y");
  token.lastIndex = xml.indexOf("?>") + 2;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const [found, end, name, , empty] = token.exec(xml) ?? [];
    if (!found) throw new Error(`not well-formed at ${xml.slice(at, at + 40)}`);
    if (name === undefined) continue;
    if (end === "/") {
      if (open.pop() !== name) throw new Error(`</${name}> closes another element`);
      continue;
    }
    count[name] = (count[name] ?? 0) + 1;
    if (empty !== "/") open.push(name);
  }
  if (open.length > 0) throw new Error(`${open} is not closed`);
  return count;
}
