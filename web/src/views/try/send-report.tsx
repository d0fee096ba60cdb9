/** The form for one report, with a little story for whoever has none of their own. */
import { Button, Grid, Paper, Stack, Stepper, Text, Title } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslations } from 'use-intl'
import { useApi } from '../../api/api.tsx'
import { postReport } from '../../api/post-report.ts'
import { FaultNote } from '../../parts/fault-note.tsx'
import { toLocal } from '../../parts/local-time.ts'
import { newId } from '../../parts/new-id.ts'
import { RouteLink } from '../../parts/route-link.tsx'
import { readId } from '../../parts/read-id.ts'
import { OutcomeAlert } from '../quarantine/outcome-note.tsx'
import { faultsOf, messageOf, otherSideOf, storyOf, type ReportDraft } from './report-draft.ts'
import { ReportForm } from './report-form.tsx'

const thisMinute = (): string => toLocal(new Date().toISOString())

export function SendReport(): ReactNode {
  const t = useTranslations('try')
  const outcomeName = useTranslations('outcome')
  const { client } = useApi()
  const [story] = useState(() => storyOf(newId, thisMinute()))
  const [draft, setDraft] = useState<ReportDraft>(story[0])
  const [wasAsked, setWasAsked] = useState(false)
  // The same report sent twice is one report.
  const [messageId, setMessageId] = useState(newId)
  const faults = faultsOf(draft)
  const isRight = Object.keys(faults).length === 0
  const send = useMutation({
    mutationFn: ({ report, isRehearsal }: { report: ReportDraft; isRehearsal: boolean }) =>
      postReport(client, { message: messageOf(report, messageId), isRehearsal }),
  })
  const change = (next: ReportDraft): void => {
    setDraft(next)
    setWasAsked(false)
    setMessageId(newId())
    send.reset()
  }
  const submit = (isRehearsal: boolean): void => {
    setWasAsked(true)
    if (isRight) send.mutate({ report: draft, isRehearsal })
  }
  const outcome = send.data
  const isRehearsed = send.variables?.isRehearsal === true
  const isTaken = !isRehearsed && outcome?.outcome !== 'rejected'
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Paper
          component="form"
          withBorder
          p="md"
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            submit(false)
          }}
        >
          <Stack gap="md">
            <ReportForm draft={draft} faults={wasAsked ? faults : {}} change={change} />
            <Button.Group>
              <Button type="submit" loading={send.isPending}>
                {t('send')}
              </Button>
              <Button variant="default" disabled={send.isPending} onClick={() => submit(true)}>
                {t('rehearse')}
              </Button>
            </Button.Group>
            {send.error === null ? null : <FaultNote error={send.error} />}
            {outcome === undefined ? null : (
              <OutcomeAlert
                title={t(isRehearsed ? 'rehearsed' : isTaken ? 'sent' : 'refused', {
                  outcome: outcomeName(outcome.outcome),
                })}
                outcome={outcome}
              >
                {isTaken ? <Places draft={draft} /> : null}
                {isTaken ? <Next story={story} draft={draft} change={change} /> : null}
              </OutcomeAlert>
            )}
          </Stack>
        </Paper>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Story story={story} draft={draft} change={change} />
      </Grid.Col>
    </Grid>
  )
}

/** Where the report is seen. */
function Places({ draft }: { draft: ReportDraft }): ReactNode {
  const t = useTranslations('try')
  return (
    <>
      <RouteLink
        to="/warehouses/$warehouse/products/$product"
        params={{ warehouse: readId(draft.warehouse), product: readId(draft.product) }}
        size="sm"
      >
        {t('card')}
      </RouteLink>
      <RouteLink to="/movements/$movement" params={{ movement: readId(draft.movement) }} size="sm">
        {t('seeMovement')}
      </RouteLink>
    </>
  )
}

/** The next step of the story; for a report of one's own, the other side of it. */
function Next({ story, draft, change }: StoryProps): ReactNode {
  const t = useTranslations('try')
  const step = story.indexOf(draft)
  const next = step < 0 ? otherSideOf(draft) : story[step + 1]
  if (next === undefined) return null
  return (
    <Button size="compact-sm" variant="light" onClick={() => change(next)}>
      {step < 0 ? t('next') : t('nextStep')}
    </Button>
  )
}

interface StoryProps {
  readonly story: readonly [ReportDraft, ReportDraft, ReportDraft]
  readonly draft: ReportDraft
  readonly change: (draft: ReportDraft) => void
}

function Story({ story, draft, change }: StoryProps): ReactNode {
  const t = useTranslations('try')
  return (
    <Paper component="aside" withBorder p="md">
      <Title order={2} size="h3" mb={4}>
        {t('story')}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {t('storyText')}
      </Text>
      <Stepper
        active={story.indexOf(draft)}
        orientation="vertical"
        size="sm"
        onStepClick={(step) => {
          const report = story[step]
          if (report !== undefined) change(report)
        }}
      >
        {(['step1', 'step2', 'step3'] as const).map((step, index) => (
          <Stepper.Step
            key={step}
            label={t(step)}
            description={`${story[index]?.source ?? ''} · ${String(story[index]?.quantity ?? '')}`}
          />
        ))}
      </Stepper>
    </Paper>
  )
}
