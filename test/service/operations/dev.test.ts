import { describeLifecycle } from "./lifecycle.ts";

describeLifecycle("dev", "D1");
