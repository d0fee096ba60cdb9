import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { difference, readGuide } from '../support/guide.ts'

const page = (...lines: readonly string[]): string => lines.join('\n').replaceAll("'''", '```')

suite('reading a guide', () => {
  test('commands go on after a backslash and up to the end of what is typed in; output belongs to the one before it', () => {
    const text = page(
      "'''sh",
      'one \\',
      '  two',
      "cat <<'END'",
      'three',
      'END',
      "'''",
      '',
      "'''console",
      '$ four \\',
      '    five',
      'six',
      '',
      '$ seven',
      "'''",
    )
    assert.deepEqual(readGuide(text), [
      { kind: 'command', line: 2, text: 'one \\\n  two', shown: null },
      { kind: 'command', line: 4, text: "cat <<'END'\nthree\nEND", shown: null },
      { kind: 'command', line: 10, text: 'four \\\n    five', shown: 'six' },
      { kind: 'command', line: 14, text: 'seven', shown: null },
    ])
  })

  test('a comment leaves one block out, and only the next one; blocks in lists are read as well', () => {
    const text = page(
      '<!-- reader: needs a cluster -->',
      '',
      "'''sh",
      'left',
      "'''",
      '',
      "   '''sh",
      '   done',
      "   '''",
      '',
      '<!-- reader: Ctrl-C -->',
    )
    assert.deepEqual(readGuide(text), [
      { kind: 'left', line: 3, needs: 'a cluster' },
      { kind: 'command', line: 8, text: 'done', shown: null },
      { kind: 'interrupt', line: 11 },
    ])
  })
})

suite('what the page shows, and what is seen', () => {
  test('JSON may have other line breaks, times of now and places of its own, and nothing else', () => {
    const shown = '{"quantity":100,\n "offset":21,"recorded_at":"2026-11-22T18:39:41.259846Z"}'
    const seen = '{"quantity":100,"offset":0,"recorded_at":"2027-01-01T00:00:00Z"}'
    assert.equal(difference(shown, seen), null)
    assert.ok(difference(shown, seen.replace('100', '101')))
    assert.ok(difference(shown, seen.replace('"offset":0,', '')))
  })

  test('an ellipsis stands for anything, also for lines; columns may be wider', () => {
    const shown = 'first …\n…\nlast  1'
    assert.equal(difference(shown, 'first word\nbetween\nand more\nlast      1\n'), null)
    assert.ok(difference(shown, 'first word\nbetween\nlast 2'))
    assert.ok(difference('all of it', 'all of it, and more'))
  })
})
