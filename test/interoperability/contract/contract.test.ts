import { describe } from "vitest";
import { DATABASES } from "../../service/databases.ts";
import { describeContract } from "./describe_contract.ts";

describe.each(DATABASES)("the service on %s", (database, url) => describeContract(database, () => url));
