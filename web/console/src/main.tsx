import './theme/tokens.css'
import './theme/global.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router'
import { newQueryClient } from './api/queries'
import { App } from './app/App'
import { createRouter } from './app/router'
import { firstLanguage, setLanguage } from './i18n'
import { startTheme } from './theme'

startTheme()

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

const client = newQueryClient()
// The first words have to be there before anything can be said; without remembering, because nobody has chosen yet.
await setLanguage(firstLanguage(), false)

createRoot(root).render(
  <StrictMode>
    <App client={client}>
      <RouterProvider router={createRouter()} />
    </App>
  </StrictMode>,
)
