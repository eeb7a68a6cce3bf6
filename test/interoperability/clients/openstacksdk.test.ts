import { describe } from "vitest";
import { openstacksdk } from "./openstacksdk.ts";
import { describeTransferLifecycle } from "./transfer_lifecycle.ts";

describe("openstacksdk", () => describeTransferLifecycle(openstacksdk));
