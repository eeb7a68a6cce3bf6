import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { REGION } from "../keystone/data.ts";
import type { Keystone } from "../keystone/keystone.ts";

/** The files and folders of a run of Tempest. */
export interface Workspace {
  readonly folder: string;
  readonly configuration: string;
  /** The log, which contains every request and response. */
  readonly log: string;
}

/**
 * Writes the configuration of Tempest and of stestr.
 *
 * @param folder an empty folder
 * @param packages the folder of the Python packages, which contains `tempest`
 * @param region where the catalog has the Block Storage to test
 */
export function writeConfiguration(
  folder: string,
  packages: string,
  keystone: Keystone,
  region: string = REGION,
): Workspace {
  const configuration = path.join(folder, "tempest.conf");
  const log = path.join(folder, "tempest.log");
  mkdirSync(path.join(folder, "lock"), { recursive: true });
  writeFileSync(
    path.join(folder, ".stestr.conf"),
    `[DEFAULT]
test_path=${path.join(packages, "tempest/test_discover")}
top_dir=${packages}
`,
  );
  writeFileSync(configuration, tempestConfiguration(folder, log, keystone, region));
  return { folder, configuration, log };
}

const tempestConfiguration = (
  folder: string,
  log: string,
  keystone: Keystone,
  region: string,
): string => `[DEFAULT]
log_file = ${log}
# The log at this level contains the bodies of requests, from which refusals.ts reads what the tests used.
debug = true

[oslo_concurrency]
lock_path = ${path.join(folder, "lock")}

[auth]
# A project and its users for each class of tests.
use_dynamic_credentials = true
create_isolated_networks = false
admin_username = admin
admin_password = ${keystone.password}
admin_project_name = admin
admin_domain_name = Default

[identity]
uri_v3 = ${keystone.url}
auth_version = v3
region = ${REGION}

# Reading tests use the role reader.
[enforce_scope]
cinder = true

[service_available]
cinder = true
nova = false
swift = false
# Stubs: without them, Tempest cannot set up some classes of tests.
glance = true
neutron = true

[volume]
catalog_type = block-storage
region = ${region}
# There is no back end to ask for the size: the reference has it.
manage_volume_ref = source-name, volume-%s;size=1
min_microversion = 3.0
max_microversion = latest
build_timeout = 10

[volume-feature-enabled]
manage_volume = true
manage_snapshot = true
# The test of extensions looks for the first of these.
api_extensions = os-volume-transfer
`;
