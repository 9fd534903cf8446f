// The forwards that began with a link, as a tree.
import type { ChainNode } from '~/api/growth'

/** Up to how many links are drawn; more are told in a table. */
export const mostDrawn = 200

export interface Branch {
  name: string
  id: string
  /** What came of it: views, visits, leads, orders. */
  value: number[]
  children: Branch[]
}

/** The chain under its first node. A node whose parent isn't among them hangs on the first, so that none is left out. */
export function treeOf(nodes: ChainNode[], unnamed: string): Branch | undefined {
  const branches = new Map<string, Branch>()
  for (const n of nodes)
    branches.set(n.id, {
      id: n.id,
      name: n.sharer_name || unnamed,
      value: [n.views, n.visits, n.leads, n.orders],
      children: [],
    })
  const root = nodes[0] && branches.get(nodes[0].id)
  if (!root) return undefined
  for (const n of nodes.slice(1)) {
    const branch = branches.get(n.id)
    const parent = branches.get(n.parent ?? '') ?? root
    if (branch && branch !== parent) parent.children.push(branch)
  }
  return root
}

/** How many links the widest and the longest way have: for the room a drawing needs. */
export function sizeOf(root: Branch): { leaves: number; depth: number } {
  if (root.children.length === 0) return { leaves: 1, depth: 1 }
  const below = root.children.map(sizeOf)
  return {
    leaves: below.reduce((n, one) => n + one.leaves, 0),
    depth: 1 + Math.max(...below.map((one) => one.depth)),
  }
}
