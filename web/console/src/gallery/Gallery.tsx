// Every piece in every state, with data as a mothers' community would have it. Development only: the router leaves it out
// of a release.
import { NavLink, Outlet, Route, Routes } from 'react-router'
import { Frame } from '~/app/Frame'
import { allPages } from '~/app/pages'
import { ChatRoom } from './ChatRoom'
import { communities, operator } from './data'
import css from './Gallery.module.css'
import { Lists } from './Lists'
import { Numbers } from './Numbers'
import { Pieces } from './Pieces'
import { peopleProvider } from './people'

const shown = ['today', 'people', 'intake', 'circles', 'touch', 'settings']
const pages = allPages
  .filter((page) => shown.includes(page.path))
  .map((page) => (page.path === 'people' ? { ...page, search: () => peopleProvider } : page))

const tabs = [
  { to: '/gallery', label: 'Numbers' },
  { to: '/gallery/list', label: 'List' },
  { to: '/gallery/pieces', label: 'Pieces' },
  { to: '/gallery/chat', label: 'Chat' },
]

export function Gallery() {
  const [community] = communities
  return (
    <Routes>
      <Route
        element={
          <Frame
            operator={operator}
            communities={communities}
            community={community}
            pages={pages}
            onSignOut={() => {}}
          />
        }
      >
        <Route element={<Tabs />}>
          <Route index element={<Numbers />} />
          <Route path="list/:state?" element={<Lists />} />
          <Route path="pieces" element={<Pieces />} />
          <Route path="chat" element={<ChatRoom />} />
        </Route>
      </Route>
    </Routes>
  )
}

function Tabs() {
  return (
    <>
      <nav className={css.tabs} aria-label="Gallery">
        {tabs.map((tab) => (
          <NavLink key={tab.to} to={tab.to} end={tab.to === '/gallery'}>
            {tab.label}
          </NavLink>
        ))}
      </nav>
      <Outlet />
    </>
  )
}

export function Case({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <section className={css.case}>
      <h2>{name}</h2>
      {children}
    </section>
  )
}
