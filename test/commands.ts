import { Argument, Command } from "@commander-js/extra-typings";
import { run, serve } from "../src/cli/program/actions.ts";
import { DEFAULT_VERSION, VERSIONS } from "./interoperability/cinder/installation.ts";
import { PARTS } from "./measure/bench/parts.ts";

// The commands for developers, beside those of src/cli and the suites of Vitest.

const program = new Command("npm run")
  .helpOption("-h, --help", "Print this help.")
  .helpCommand(false)
  .configureHelp({ styleUsage: (usage) => usage.replace(" [", " -- [") });

const version = () =>
  new Argument("[VERSION]", "21.3 (from Debian 12) or 29.0 (from PyPI).")
    .choices(VERSIONS)
    .default(DEFAULT_VERSION);

program
  .command("cinder")
  .description(
    "Runs a real Cinder on a free port until a signal ends it, with a MariaDB and a RabbitMQ of its own, on Debian 12 " +
      "(as root). Tokens are user:project[:roles], as with AUTH_STRATEGY=noauth. The first start installs the packages, " +
      "which takes two minutes.",
  )
  .addArgument(version())
  .action(serve(async () => (await import("./interoperability/cinder/cinder.ts")).runCinder));

program
  .command("contract:record")
  .description(
    "Sends the scenarios of test/interoperability/contract/scenarios.mjs to a real Cinder, as `npm run cinder` runs it, " +
      "and writes the responses to test/interoperability/contract/cinder-VERSION.json. CINDER_URL names a running Cinder, " +
      "without /v3, which is used instead.",
  )
  .addArgument(version())
  .option(
    "--check",
    "Write nothing. Print each difference from the recorded responses; exit with 1 if there is one.",
  )
  .action(run(async () => (await import("./interoperability/contract/record.ts")).recordCinder));

program
  .command("test:tempest")
  .description(
    "Runs the tests of Tempest for volumes against a service with a real Keystone. The first run installs Tempest and " +
      "Keystone, which takes a minute. test/interoperability/tempest/exclusions.ts lists the tests that do not run.",
  )
  .argument("[TEXT]", "Run only the tests whose name contains this text. By default all.", "")
  .option(
    "--facade",
    "Run all tests on a real Cinder, and by the service in front of it. Fails if one is worse.",
  )
  .action(run(async () => (await import("./interoperability/tempest/tempest.ts")).runTempest));

program
  .command("test:attack")
  .description(
    "Attacks a service, with an innocent client beside each attack. Uses only the loopback interface. Exits with 1 if " +
      "an attack has succeeded.",
  )
  .argument("[TEXT]", "Run only the attacks whose name contains this text. By default all.", "")
  .option("--d1", "Attack `npm run dev` with D1.")
  .action(run(async () => (await import("./stress/attack/attack.ts")).attackService));

program
  .command("test:big")
  .description(
    "Runs the commands on a big database while clients write, and measures the gaps between their writes. By default " +
      "it takes a quarter of an hour and 8 GB of disk.",
  )
  .argument("[TRANSFERS]", "The number of transfers. By default 5,000,000.", Number)
  .action(run(async () => (await import("./stress/big/big.ts")).runOnBigDatabase));

program
  .command("simulate")
  .description(
    "Simulates instances of the Worker, their database, clients and faults, in one thread and with a clock of its own. " +
      "A seed decides what happens. Exits with 1 if a guarantee was violated, and prints the seed.",
  )
  .option("--seeds <COUNT>", "The number of seeds.", Number, 1000)
  .option("--first <SEED>", "The first of them.", Number, 1)
  .option("--seed <SEED>", "Simulate this seed alone, and print what happened.", Number)
  .option("--only <ELEMENTS>", "With --seed, only these steps and faults, as a failure prints them.")
  .option(
    "--mutants [TEXT]",
    "Simulate with one guard removed after the other: those that contain the text; all are written to docs/reliability.md.",
  )
  .action(run(async () => (await import("./stress/simulate/simulate.ts")).simulate));

program
  .command("test:lighthouse")
  .description(
    "Measures the page at /handoff with Lighthouse, which it installs into .data. Exits with 1 below a goal.",
  )
  .action(run(async () => (await import("./service/browser/lighthouse.ts")).measurePage));

program
  .command("bench")
  .description(
    "Measures the service on an idle machine, and writes docs/performance.md. It takes some minutes.",
  )
  .addArgument(
    new Argument(
      "[PART...]",
      "Measure only these parts, and keep the results of the others. By default all that need only Node.",
    ).choices(PARTS),
  )
  .option("--quick", "Measure for a short time, and leave the documents as they are.")
  .option("--report", "Measure nothing, and write the document from the last results.")
  .action(run(async () => (await import("./measure/bench/bench.ts")).bench));

program
  .command("check:size")
  .description("Prints the sizes of the Worker and of the page. Exits with 1 above a budget.")
  .action(run(async () => (await import("./measure/bench/check_bundle_size.ts")).checkSize));

program
  .command("pictures")
  .description("Takes the pictures of the documents anew, from a real run.")
  .action(run(async () => (await import("./service/browser/pictures.ts")).takePictures));

program
  .command("build:package")
  .description("Builds the package into dist/. `npm pack` runs it.")
  .action(run(async () => (await import("../src/cli/package/build.ts")).buildPackage));

program
  .command("release:notes")
  .description("Prints the section of a version in CHANGELOG.md.")
  .argument("<TAG>", "The tag of the release, such as v1.0.0: the version of package.json.")
  .action(run(async () => (await import("../src/cli/package/release_notes.ts")).printReleaseNotes));

program
  .command("release:version")
  .description(
    "Writes the version of package.json to src/http/version.ts and CHANGELOG.md. `npm version` runs it.",
  )
  .action(run(async () => (await import("../src/cli/package/set_version.ts")).setVersion));

await program.parseAsync();
