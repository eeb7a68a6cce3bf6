// The files that the Worker serves from its binding ASSETS. `src/cli/assets` writes them before each build.

/** The OpenAPI document. */
export const DOCUMENT = "openapi.json";

/** The script that starts Swagger UI. */
export const INITIALIZER = "swagger-initializer.js";

/** The files of Swagger UI. */
export const SWAGGER_UI = ["swagger-ui.css", "swagger-ui-bundle.js"] as const;
