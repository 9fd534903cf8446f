// The heavy half of Chart, loaded when the first chart is shown. Only the kinds that pages use are bundled. Canvas, and
// tooltips drawn on it (renderMode richText): HTML tooltips need style attributes, which the security policy forbids.
import { BarChart, CustomChart, GraphChart, HeatmapChart, LineChart, TreeChart } from 'echarts/charts'
import {
  AriaComponent,
  DatasetComponent,
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { CanvasRenderer } from 'echarts/renderers'
import { chart, color, family } from '~/theme/tokens.gen'

use([BarChart, LineChart, HeatmapChart, TreeChart, GraphChart, CustomChart])
use([GridComponent, DatasetComponent, TooltipComponent, VisualMapComponent, MarkLineComponent, AriaComponent])
use([LabelLayout, CanvasRenderer])

export type ChartOption = EChartsCoreOption
type Theme = 'light' | 'dark'

function axis(theme: Theme, lines: boolean) {
  const c = color[theme]
  return {
    axisLine: { lineStyle: { color: c.edge } },
    axisTick: { show: false },
    axisLabel: { color: c.inkFaint, fontSize: 12 },
    nameTextStyle: { color: c.inkFaint, fontSize: 12 },
    splitLine: { show: lines, lineStyle: { color: c.line } },
  }
}

/** Our tokens as a chart theme. */
function themeOf(theme: Theme, language: string) {
  const c = color[theme]
  const label = { color: c.ink, textBorderWidth: 0 }
  return {
    darkMode: theme === 'dark',
    color: [...chart[theme]],
    backgroundColor: 'transparent',
    textStyle: { fontFamily: family[language] ?? family['zh-Hans'], color: c.ink },
    categoryAxis: axis(theme, false),
    timeAxis: axis(theme, false),
    valueAxis: axis(theme, true),
    visualMap: { inRange: { color: [...chart.ramp[theme]] }, textStyle: { color: c.inkFaint } },
    // Labels in ink without the outline that ECharts draws around text on an unknown ground.
    line: { symbol: 'circle', symbolSize: 6, lineStyle: { width: 2 }, endLabel: label, label },
    bar: { label },
    tooltip: {
      renderMode: 'richText',
      backgroundColor: c.raised,
      borderColor: c.line,
      textStyle: { color: c.ink, fontSize: 13 },
      axisPointer: { lineStyle: { color: c.edge }, crossStyle: { color: c.edge } },
    },
  }
}

/** Draws into an element; the answer updates, resizes and removes. */
export function draw(element: HTMLElement, theme: Theme, language: string) {
  const instance = init(element, themeOf(theme, language), { renderer: 'canvas' })
  const watch = new ResizeObserver(() => instance.resize({ animation: { duration: 0 } }))
  watch.observe(element)
  return {
    // No animation: nothing moves by itself while someone reads.
    set: (option: ChartOption) => instance.setOption({ animation: false, aria: { enabled: false }, ...option }, true),
    picture: () => instance.getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: color[theme].surface }),
    onClick: (listener: (event: { dataIndex: number; seriesIndex?: number; name: string }) => void) => {
      instance.on('click', (event) => listener(event as { dataIndex: number; seriesIndex?: number; name: string }))
    },
    dispose: () => {
      watch.disconnect()
      instance.dispose()
    },
  }
}
