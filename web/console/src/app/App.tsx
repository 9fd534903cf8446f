import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { ConfigProvider } from 'antd'
import type { ReactNode } from 'react'
import { useWords } from '~/i18n'
import { cspNonce } from '~/lib/csp'
import { antdTheme, useTheme } from '~/theme'
import { ToastRegion } from './toasts'

const csp = { nonce: cspNonce() }
const noWave = { disabled: true }

/** What every page needs around it: data, words, theme, toasts. */
export function App({ client, children }: { client: QueryClient; children: ReactNode }) {
  const { antd } = useWords()
  const { theme } = useTheme()
  return (
    <QueryClientProvider client={client}>
      <ConfigProvider
        csp={csp}
        locale={antd}
        theme={antdTheme[theme]}
        wave={noWave}
        button={{ autoInsertSpace: false }}
      >
        <ToastRegion>{children}</ToastRegion>
      </ConfigProvider>
    </QueryClientProvider>
  )
}
