#!/usr/bin/env node
import "./node20.ts";
import module from "node:module";

// Node 20 has none.
module.enableCompileCache?.();
const { createProgram } = await import("./program/program.ts");
await createProgram().parseAsync();
