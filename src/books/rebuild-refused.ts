/** What was asked for cannot be done; nothing was changed. The message says why. */
export class RebuildRefused extends Error {
  override readonly name = 'RebuildRefused'
}
