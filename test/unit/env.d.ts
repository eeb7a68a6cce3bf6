declare namespace Cloudflare {
  interface Env {
    DB: D1Database;
    AUTH_STRATEGY: string;
    MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
}
