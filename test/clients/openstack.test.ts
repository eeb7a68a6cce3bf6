import { describe } from "vitest";
import { openstack } from "./openstack.ts";
import { describeLife } from "./transfer_lifecycle.ts";

describe("openstack", () => describeLife(openstack));
