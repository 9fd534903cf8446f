import { namesOf } from '~/api/money'

/** Who has no nickname goes by their masked real name, as in the list of people. */
export async function named<Row extends { person: string; person_name: string }>(
  community: string,
  rows: Row[],
  signal?: AbortSignal,
): Promise<Row[]> {
  const nameless = rows.filter((row) => !row.person_name).map((row) => row.person)
  const names = await namesOf(community, nameless, signal)
  return rows.map((row) => ({ ...row, person_name: row.person_name || names.get(row.person)?.name || '' }))
}
