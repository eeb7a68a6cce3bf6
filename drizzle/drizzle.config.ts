import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "sqlite",
  schema: ["./src/db/schema.ts", "./src/db/type_tables.ts", "./src/db/event_tables.ts"],
  out: "./drizzle",
});
