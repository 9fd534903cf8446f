import antd from 'antd/es/locale/en_US'
import type { Bundle } from './catalogue'
import { byNamespace } from './namespaces'

const files = import.meta.glob<Record<string, string>>('../locales/en/*.json', { eager: true, import: 'default' })

const bundle: Bundle = { messages: byNamespace(files), antd, dates: 'en' }
export default bundle
