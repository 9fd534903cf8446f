/** Whole days of a span as the server writes it: 48h, 2d, 48h0m0s; undefined for none or a part of one. */
export function daysOf(span: string | undefined): number | undefined {
  const found = span?.match(/^(?:(\d+)d)?(?:(\d+)h)?(?:0m)?(?:0s)?$/)
  if (!span || !found) return undefined
  const hours = Number(found[1] ?? 0) * 24 + Number(found[2] ?? 0)
  return hours > 0 && hours % 24 === 0 ? hours / 24 : undefined
}
