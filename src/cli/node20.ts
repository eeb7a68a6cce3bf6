// The package runs on Node 20, which has neither. It is loaded before everything else.

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
