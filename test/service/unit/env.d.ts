declare namespace Cloudflare {
  interface Env {
    DB: D1Database;
    AUTH_STRATEGY: string;
    RATE_LIMITER_OF_TESTS: RateLimit;
    MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
}
