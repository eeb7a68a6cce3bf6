import { describeLifecycle } from "./lifecycle.ts";

describeLifecycle("start", "a file");
