import type { Translate } from '~/i18n'

export const roles = ['owner', 'admin', 'service', 'sales', 'content', 'traffic', 'viewer'] as const
export type Role = (typeof roles)[number]

/** A role in words; one that a newer server knows and this console doesn't stands as it is. */
export function roleName(role: string, t: Translate): string {
  const known = roles.find((r) => r === role)
  return known ? t(`common.role.${known}`) : role
}
