import { isAdmin } from "../http/caller.ts";
import type { Identity } from "../http/context.ts";
import { Fault } from "../http/faults.ts";

type Role = "reader" | "member" | "admin";

/** The roles that satisfy each required role: Keystone's implied roles, which other issuers do not put into tokens. */
const IMPLIED: Readonly<Record<Role, readonly string[]>> = {
  reader: ["reader", "member", "manager", "admin"],
  member: ["member", "manager", "admin"],
  admin: ["admin"],
};

/** The role that each operation requires, under OpenStack's name of the rule. */
export const POLICY = {
  "volume:get_all_transfers": "reader",
  "volume:get_transfer": "reader",
  "volume:get_transfer_history": "reader",
  "volume:create_transfer": "member",
  "volume:accept_transfer": "member",
  "volume:delete_transfer": "member",
  "volume:get_incoming_transfers": "reader",
  "volume:decline_transfer": "member",
  "volume:rekey_transfer": "member",
  "volume:get_all": "reader",
  "volume:get": "reader",
  "volume:create": "member",
  "volume:update": "member",
  "volume:delete": "member",
  "volume:force_delete": "admin",
  "volume:extend": "member",
  "volume:retype": "member",
  "volume:revert_to_snapshot": "member",
  "volume:update_readonly_flag": "member",
  "volume_extension:volume_encryption_metadata": "reader",
  "volume_extension:volume_actions:reserve": "member",
  "volume_extension:volume_actions:unreserve": "member",
  "volume_extension:volume_manage": "admin",
  "volume_extension:volume_unmanage": "admin",
  "volume:get_volume_metadata": "reader",
  "volume:create_volume_metadata": "member",
  "volume:update_volume_metadata": "member",
  "volume:delete_volume_metadata": "member",
  "volume:get_all_snapshots": "reader",
  "volume:get_snapshot": "reader",
  "volume:create_snapshot": "member",
  "volume:update_snapshot": "member",
  "volume:delete_snapshot": "member",
  "volume:get_snapshot_metadata": "reader",
  "volume:update_snapshot_metadata": "member",
  "volume:delete_snapshot_metadata": "member",
  "volume_extension:volume_admin_actions:reset_status": "admin",
  "volume_extension:volume_admin_actions:force_delete": "admin",
  "volume_extension:snapshot_admin_actions:reset_status": "admin",
  "volume_extension:snapshot_admin_actions:force_delete": "admin",
  "snapshot_extension:snapshot_actions:update_snapshot_status": "member",
  "snapshot_extension:snapshot_manage": "admin",
  "snapshot_extension:snapshot_unmanage": "admin",
  "volume_extension:type_get_all": "reader",
  "volume_extension:type_get": "reader",
  "volume_extension:type_create": "admin",
  "volume_extension:type_update": "admin",
  "volume_extension:type_delete": "admin",
  "volume_extension:types_extra_specs:index": "reader",
  "volume_extension:types_extra_specs:show": "reader",
  "volume_extension:types_extra_specs:create": "admin",
  "volume_extension:types_extra_specs:update": "admin",
  "volume_extension:types_extra_specs:delete": "admin",
  "volume_extension:volume_type_access": "member",
  "volume_extension:volume_type_access:get_all_for_type": "admin",
  "volume_extension:volume_type_access:addProjectAccess": "admin",
  "volume_extension:volume_type_access:removeProjectAccess": "admin",
  "volume_extension:volume_type_encryption:get": "admin",
  "volume_extension:volume_type_encryption:create": "admin",
  "volume_extension:volume_type_encryption:update": "admin",
  "volume_extension:volume_type_encryption:delete": "admin",
  "volume_extension:quotas:show": "reader",
  "volume_extension:quotas:update": "admin",
  "volume_extension:quotas:delete": "admin",
  "volume_extension:quota_classes:get": "admin",
  "volume_extension:quota_classes:update": "admin",
  "group:get_all": "reader",
  "group:get_all_group_snapshots": "reader",
  "events:get_all": "reader",
  "limits_extension:used_limits": "reader",
} as const satisfies Record<string, Role>;

export type Rule = keyof typeof POLICY;

/** Makes a 403 that names the rule, as Cinder does. */
const forbidden = (rule: Rule): Fault => new Fault(403, `Policy doesn't allow ${rule} to be performed.`);

/** Returns whether one of the caller's roles satisfies a rule. */
export const satisfies = (identity: Identity, rule: Rule): boolean =>
  IMPLIED[POLICY[rule]].some((role) => identity.roles.has(role));

/**
 * Requires that one of the caller's roles satisfies a rule.
 *
 * @throws Fault 403 naming the rule
 */
export function enforce(identity: Identity, rule: Rule): void {
  if (!satisfies(identity, rule)) throw forbidden(rule);
}

/**
 * Enforces a rule on a resource of `project_id`: outside the caller's project only an admin satisfies it.
 *
 * @throws Fault 403 naming the rule
 */
export function enforceFor(identity: Identity, rule: Rule, project_id: string): void {
  enforce(identity, rule);
  if (identity.project_id !== project_id && !isAdmin(identity)) throw forbidden(rule);
}
