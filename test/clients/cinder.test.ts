import { describe } from "vitest";
import { cinder } from "./cinder.ts";
import { describeLife } from "./transfer_lifecycle.ts";

describe("cinder", () => describeLife(cinder));
