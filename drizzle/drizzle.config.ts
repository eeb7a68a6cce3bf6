import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: "./src/db/*_tables.ts",
  out: "./drizzle",
});
