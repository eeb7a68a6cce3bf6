import { describe } from "vitest";
import { describeLife } from "./life.ts";
import { openstacksdk } from "./openstacksdk.ts";

describe("openstacksdk", () => describeLife(openstacksdk));
