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

function start(element: HTMLElement) {
  createRoot(element).render(
    <StrictMode>
      <App client={client}>
        <RouterProvider router={createRouter()} />
      </App>
    </StrictMode>,
  )
}

// The first words have to be there before anything can be said; without remembering, because nobody has chosen yet.
setLanguage(firstLanguage(), false).then(
  () => start(root),
  () => {
    // Even the words did not come: these three stand in the code.
    root.textContent =
      '管理台没有载入，请刷新本页。 管理台沒有載入，請重新整理。 The console did not load; please reload.'
  },
)
