import { describe } from "vitest";
import { openstacksdk } from "./openstacksdk.ts";
import { describeLife } from "./transfer_lifecycle.ts";

describe("openstacksdk", () => describeLife(openstacksdk));
