/** What is counted: 人; or its word by how many there are, since English says 1 person and 2 people. */
export type Unit = string | ((count: number) => string)

export const unitOf = (unit: Unit, count: number): string => (typeof unit === 'string' ? unit : unit(count))
