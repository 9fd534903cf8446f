import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { type ChainNode, chainQuery, growthKey, type LinkCount, listChildren } from '~/api/growth'
import { namesQuery } from '~/api/money'
import { asProblem } from '~/api/problem'
import { communityPath } from '~/app/community'
import { useWords } from '~/i18n'
import { Chart, DataTable, Dialog, ProblemNotice } from '~/parts'
import { color, useTheme } from '~/theme'
import { Who } from '../money/Who'
import page from '../page.module.css'
import { mostDrawn, sizeOf, treeOf } from './chain'
import { useCounts } from './OnPerson'
import { productName } from './words'

interface Props {
  slug: string
  link: LinkCount
  onClose: () => void
}

/** Who forwarded a link, and who forwarded it after them: drawn while it can be read, else as a table. */
export function LinkChain({ slug, link, onClose }: Props) {
  const { t } = useWords()
  const chain = useQuery(chainQuery(slug, link.id))
  const [whole, setWhole] = useState<ChainNode>()
  const nodes = chain.data?.items ?? []
  const cut = nodes.filter((node) => node.more)
  return (
    <Dialog open width={880} title={t('growth.chain', { what: productName(link.product ?? '', t) })} onClose={onClose}>
      {chain.error && <ProblemNotice problem={asProblem(chain.error)} onRetry={() => chain.refetch()} />}
      {!chain.data && !chain.error && <p>{t('common.loading')}</p>}
      {whole ? (
        <Children slug={slug} node={whole} onBack={() => setWhole(undefined)} />
      ) : (
        <>
          {nodes.length > mostDrawn && <p>{t('growth.chain.many', { count: nodes.length, max: mostDrawn })}</p>}
          {nodes.length > 0 &&
            (nodes.length > mostDrawn ? <Rows slug={slug} nodes={nodes} /> : <Drawn slug={slug} nodes={nodes} />)}
          {cut.length > 0 && <p>{t('growth.chain.cut')}</p>}
          {cut.map((node) => (
            <p key={node.id}>
              <Button type="link" className={page.inline} onClick={() => setWhole(node)}>
                {t('growth.chain.rest', { name: node.sharer_name || t('people.unnamed'), count: node.children })}
              </Button>
            </p>
          ))}
        </>
      )}
    </Dialog>
  )
}

function Drawn({ slug, nodes }: { slug: string; nodes: ChainNode[] }) {
  const { t } = useWords()
  const { theme } = useTheme()
  const go = useNavigate()
  const root = useMemo(() => treeOf(nodes, t('people.unnamed')), [nodes, t])
  const size = useMemo(() => (root ? sizeOf(root) : { leaves: 0, depth: 0 }), [root])
  const heads = useMemo(() => [t('growth.views'), t('growth.visits'), t('growth.leads'), t('growth.orders')], [t])
  const plain = useMemo(() => ({ color: color[theme].ink, textBorderWidth: 0, verticalAlign: 'middle' }), [theme])
  const option = useMemo(
    () => ({
      tooltip: {
        trigger: 'item',
        formatter: ({ name, value }: { name: string; value: number[] }) =>
          [name, ...heads.map((head, i) => `${head} ${value?.[i] ?? 0}`)].join('\n'),
      },
      series: [
        {
          type: 'tree',
          data: root ? [root] : [],
          roam: size.depth > 4,
          left: 80,
          right: 96,
          top: 8,
          bottom: 8,
          symbolSize: 8,
          initialTreeDepth: -1,
          expandAndCollapse: false,
          label: { ...plain, position: 'left', align: 'right' },
          leaves: { label: { ...plain, position: 'right', align: 'left' } },
        },
      ],
    }),
    [root, size.depth, heads, plain],
  )
  const byId = (id?: string) => nodes.find((node) => node.id === id)
  return (
    <Chart
      title={t('growth.chain.title')}
      subtitle={t('growth.chain.of', { count: nodes.length, depth: size.depth })}
      option={option}
      height={Math.min(720, Math.max(160, size.leaves * 24))}
      table={[
        [t('growth.sharer'), t('growth.chain.by'), ...heads],
        ...nodes.map((n) => [
          n.sharer_name || t('people.unnamed'),
          byId(n.parent)?.sharer_name ?? '',
          n.views,
          n.visits,
          n.leads,
          n.orders,
        ]),
      ]}
      onClick={(event) => {
        const sharer = byId((event as { data?: { id?: string } }).data?.id)?.sharer
        if (sharer) go(communityPath(slug, `people/${sharer}`))
      }}
    />
  )
}

function Rows({ slug, nodes }: { slug: string; nodes: ChainNode[] }) {
  const { t } = useWords()
  return (
    <DataTable<ChainNode>
      label={t('growth.chain.title')}
      rows={nodes}
      rowId={(node) => node.id}
      columns={[
        {
          id: 'sharer',
          header: t('growth.sharer'),
          main: true,
          cell: (node) => (
            <Link to={communityPath(slug, `people/${node.sharer}`)}>{node.sharer_name || t('people.unnamed')}</Link>
          ),
        },
        { id: 'depth', header: t('growth.chain.depth'), align: 'right', cell: (node) => node.depth },
        {
          id: 'by',
          header: t('growth.chain.by'),
          cell: (node) => nodes.find((other) => other.id === node.parent)?.sharer_name ?? '',
        },
        ...useCounts<ChainNode>(),
      ]}
    />
  )
}

/** All that came by one link, page by page. */
function Children({ slug, node, onBack }: { slug: string; node: ChainNode; onBack: () => void }) {
  const { t } = useWords()
  const children = useInfiniteQuery({
    queryKey: [...growthKey(slug), 'children', node.id],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => listChildren(slug, node.id, pageParam || undefined, signal),
    getNextPageParam: (last) => last.next || undefined,
  })
  const items = (children.data?.pages ?? []).flatMap((one) => one.items ?? [])
  return (
    <>
      <p>
        <Button type="link" className={page.inline} onClick={onBack}>
          {t('growth.chain.back')}
        </Button>
      </p>
      {children.error && <ProblemNotice problem={asProblem(children.error)} onRetry={() => children.refetch()} />}
      <ChildRows slug={slug} items={items} />
      {children.hasNextPage && (
        <Button
          type="link"
          className={page.further}
          loading={children.isFetchingNextPage}
          onClick={() => children.fetchNextPage()}
        >
          {t('growth.further')}
        </Button>
      )}
    </>
  )
}

function ChildRows({ slug, items }: { slug: string; items: LinkCount[] }) {
  const { t } = useWords()
  // Names are read at most 200 at a time; who is beyond that is shown by the way to their page.
  const names = useQuery(
    namesQuery(
      slug,
      items.slice(0, mostDrawn).map((one) => one.sharer),
    ),
  )
  return (
    <DataTable<LinkCount>
      label={t('growth.chain.title')}
      rows={items}
      rowId={(one) => one.id}
      columns={[
        {
          id: 'sharer',
          header: t('growth.sharer'),
          main: true,
          cell: (one) => {
            const person = names.data?.get(one.sharer)
            if (person) return <Who slug={slug} person={person} />
            return <Link to={communityPath(slug, `people/${one.sharer}`)}>{t('money.person.open')}</Link>
          },
        },
        ...useCounts<LinkCount>(),
      ]}
    />
  )
}
