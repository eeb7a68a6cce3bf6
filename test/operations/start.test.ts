import { describeLifecycle } from "./lifecycle.ts";

describeLifecycle("start", "D1");
