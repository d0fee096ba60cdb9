/** From when on something wants a person. */
import { wholeNumber } from '../kinds.ts'
import type { SettingGroup } from '../setting.ts'

const seconds = wholeNumber({ min: 1, max: 31_536_000, unit: 'seconds' })

/** The group of this name in the table of settings. */
export const attention = {
  title: 'What needs attention',
  settings: {
    transitOverdueSeconds: {
      name: 'TRANSIT_OVERDUE_SECONDS',
      kind: seconds,
      default: '259200',
      about:
        'What is under way for longer is overdue: the dashboard shows it as such, and from half of it on as late. By default three days, for goods that drive through a country.',
    },
    heldOverdueSeconds: {
      name: 'HELD_OVERDUE_SECONDS',
      kind: seconds,
      default: '86400',
      about:
        'The same for departures that wait for stock, and for messages in quarantine. By default a day: they wait for a delivery or a person, not for a lorry.',
    },
  },
} as const satisfies SettingGroup
