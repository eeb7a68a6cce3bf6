import { describe } from "vitest";
import { openstack } from "./openstack.ts";
import { describeTransferLifecycle } from "./transfer_lifecycle.ts";

describe("openstack", () => describeTransferLifecycle(openstack));
