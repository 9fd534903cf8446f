import antd from 'antd/es/locale/zh_TW'
import 'dayjs/locale/zh-tw'
import type { Bundle } from './catalogue'
import { byNamespace } from './namespaces'

const files = import.meta.glob<Record<string, string>>('../locales/zh-Hant/*.json', { eager: true, import: 'default' })

const bundle: Bundle = { messages: byNamespace(files), antd, dates: 'zh-tw' }
export default bundle
