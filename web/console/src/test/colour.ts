// Colour arithmetic for the tests of the tokens: WCAG contrast, and how far two colours are apart for an eye that lacks a
// kind of cone (Machado, Oliveira and Fernandes 2009, full strength; distance in OKLab).

type Triple = [number, number, number]

export const sights = ['normal', 'protan', 'deutan', 'tritan'] as const
export type Sight = (typeof sights)[number]

const cones: Record<Sight, Triple[]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
}

/** #RRGGBB as light, not as stored numbers. */
function linear(hex: string): Triple {
  return [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4
  }) as Triple
}

const dot = (a: Triple, b: Triple) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
const luminance = (hex: string) => dot(linear(hex), [0.2126, 0.7152, 0.0722])

/** WCAG's ratio, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)]
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
}

function oklab(rgb: Triple): Triple {
  const l = Math.cbrt(dot(rgb, [0.4122214708, 0.5363325363, 0.0514459929]))
  const m = Math.cbrt(dot(rgb, [0.2119034982, 0.6806995451, 0.1073969566]))
  const s = Math.cbrt(dot(rgb, [0.0883024619, 0.2817188376, 0.6299787005]))
  const lms: Triple = [l, m, s]
  return [
    dot(lms, [0.2104542553, 0.793617785, -0.0040720468]),
    dot(lms, [1.9779984951, -2.428592205, 0.4505937099]),
    dot(lms, [0.0259040371, 0.7827717662, -0.808675766]),
  ]
}

/** 100 × the distance as that eye sees it. */
export function distance(a: string, b: string, sight: Sight): number {
  const seen = (hex: string) =>
    oklab(cones[sight].map((row) => Math.min(1, Math.max(0, dot(linear(hex), row)))) as Triple)
  const [x, y] = [seen(a), seen(b)]
  return 100 * Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2])
}
