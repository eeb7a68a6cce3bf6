import { describe } from "vitest";
import { describeLife } from "./life.ts";
import { openstack } from "./openstack.ts";

describe("openstack", () => describeLife(openstack));
