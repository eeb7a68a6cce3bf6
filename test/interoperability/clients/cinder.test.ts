import { describe } from "vitest";
import { cinder } from "./cinder.ts";
import { describeTransferLifecycle } from "./transfer_lifecycle.ts";

describe("cinder", () => describeTransferLifecycle(cinder));
