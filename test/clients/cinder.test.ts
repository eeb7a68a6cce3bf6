import { describe } from "vitest";
import { cinder } from "./cinder.ts";
import { describeLife } from "./life.ts";

describe("cinder", () => describeLife(cinder));
