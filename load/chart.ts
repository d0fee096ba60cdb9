import { init, use, type ComposeOption } from 'echarts/core'
import { BarChart, LineChart, type BarSeriesOption, type LineSeriesOption } from 'echarts/charts'
import {
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  type GridComponentOption,
  type LegendComponentOption,
  type TitleComponentOption,
} from 'echarts/components'
import { SVGRenderer } from 'echarts/renderers'

export type ChartOption = ComposeOption<
  BarSeriesOption | LineSeriesOption | GridComponentOption | LegendComponentOption | TitleComponentOption
>

export interface Size {
  readonly width: number
  readonly height: number
}

/** Apache ECharts draws without a browser: a text, the same for the same figures, that needs nothing from elsewhere. */
export function drawSvg(option: ChartOption, size: Size): string {
  use([BarChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, SVGRenderer])
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size })
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#fff',
      color: [...colors],
      textStyle: { fontSize: 13 },
      ...option,
    })
    return `${chart.renderToSVGString()}\n`
  } finally {
    chart.dispose()
  }
}

/** Of Okabe and Ito: told apart also by those who see few colours, and on white paper. */
export const colors = ['#0072b2', '#009e73', '#e69f00', '#d55e00', '#999999'] as const
export const grey = '#bbbbbb'
