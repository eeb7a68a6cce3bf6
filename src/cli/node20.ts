// The package runs on Node 20, which has none of these. It is loaded before everything else. `tsconfig.json` leaves out
// of its `lib` the APIs that Node 20 lacks and this file does not add.

if (!("withResolvers" in Promise)) {
  Object.assign(Promise, {
    withResolvers() {
      let settle: object = {};
      const promise = new Promise((resolve, reject) => {
        settle = { resolve, reject };
      });
      return { promise, ...settle };
    },
  });
}

if (!("parse" in URL)) {
  Object.assign(URL, {
    parse: (url: string, base?: string): URL | null => (URL.canParse(url, base) ? new URL(url, base) : null),
  });
}

if (!("groupBy" in Map)) {
  Object.assign(Map, {
    groupBy<Key, Item>(items: Iterable<Item>, keyOf: (item: Item, index: number) => Key): Map<Key, Item[]> {
      const groups = new Map<Key, Item[]>();
      let index = 0;
      for (const item of items) {
        const key = keyOf(item, index++);
        const group = groups.get(key);
        if (group === undefined) groups.set(key, [item]);
        else group.push(item);
      }
      return groups;
    },
  });
}
