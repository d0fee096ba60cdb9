/** The looks: a paper card in a quiet room. Colours that mean something are in theme.css, for charts and tables alike. */
import { createTheme, type CSSVariablesResolver } from '@mantine/core'

export const theme = createTheme({
  primaryColor: 'cyan',
  primaryShade: 9,
  autoContrast: true,
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: '600', sizes: { h2: { fontSize: '1.5rem' }, h3: { fontSize: '1.05rem' } } },
  respectReducedMotion: true,
  cursorType: 'pointer',
})

/** Quieter text must still be read: 4.5 to 1 on its ground (WCAG 2.2, 1.4.3). */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': '#5c6066',
    '--mantine-color-teal-light-color': '#066649',
    '--mantine-color-orange-light-color': '#a63c06',
    '--mantine-color-yellow-light-color': '#8a5300',
    '--mantine-color-cyan-light': '#e3f3f6',
    '--mantine-color-cyan-light-hover': '#d6edf1',
  },
  dark: {
    '--mantine-color-body': '#1b1e22',
    '--mantine-color-dimmed': '#a3a8af',
    '--mantine-color-red-light': '#47201f',
    '--mantine-color-orange-light': '#43290f',
    '--mantine-color-yellow-light': '#3d3010',
  },
})
