/** The page: language, colours, key, questions and their answers, the stream, the views. */
import { MantineProvider } from '@mantine/core'
import '@mantine/core/styles.css'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createApiKeyStore } from './api/api-key.ts'
import { ApiProvider } from './api/api.tsx'
import { QueryProvider } from './api/query-provider.tsx'
import { LiveProvider } from './live/live.tsx'
import { router } from './router.tsx'
import { KeyGate } from './shell/key-gate.tsx'
import { theme, cssVariables } from './theme.ts'
import './theme.css'
import { WordsProvider } from './words/words-provider.tsx'

const place = document.querySelector('#root')
if (place === null) throw new Error('The page has no place for the dashboard.')
createRoot(place).render(
  <StrictMode>
    <WordsProvider>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <ApiProvider keys={createApiKeyStore(globalThis.sessionStorage)}>
          <QueryProvider>
            <KeyGate>
              <LiveProvider>
                <RouterProvider router={router} />
              </LiveProvider>
            </KeyGate>
          </QueryProvider>
        </ApiProvider>
      </MantineProvider>
    </WordsProvider>
  </StrictMode>,
)
